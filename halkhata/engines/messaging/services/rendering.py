"""The words of outgoing messages."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Template, TemplateProposal, TemplateVersion, TrialMail
from halkhata.engines.messaging.services.placeholders import StandIn, fill, names_in
from halkhata.engines.messaging.services.templates import find_template
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.models import Installation


def placeholder_values(item: WorkItem, *, language: str, extra: dict[str, str] | None = None) -> dict[str, str]:
    """The value of each placeholder for this item, in the customer's language."""
    with translation.override(language):
        install = Installation.current()
        customer = item.customer.addressed_as if item.customer and item.customer.name else ""
        values = {
            "customer": customer or StandIn(_("Dear customer")),
            "number": _said(item.number, language, install),
            "subject": item.subject,
            "promise": "",
            "shop": install.name or item.branch.name,
            "branch": item.branch.name,
            "phone": item.branch.phone or install.phone,
            "agent": item.owner.name,
            "link": "",
            "links": "",
            "text": "",
        }
    return {**values, **(extra or {})}


def example_values(user: User, item: WorkItem | None, *, language: str) -> dict[str, str]:
    """The values of a preview or a test: those of a real item, or without one the shop's own and invented words."""
    with translation.override(language):
        extra = {"text": _("(the text of the answer)"), "promise": _("(by when we answer)"), "link": _("(the link)")}
    if item is not None:
        return placeholder_values(item, language=language, extra=extra)
    with translation.override(language):
        install = Installation.current()
        return {
            "customer": StandIn(_("Dear customer")),
            "number": _said("K-1045", language, install),
            "subject": _("(what it is about)"),
            "shop": install.name or user.branch.name,
            "branch": user.branch.name,
            "phone": user.branch.phone or install.phone,
            "agent": user.name,
            "links": "",
            **extra,
        }


def _said(number: str, language: str, install: Installation) -> str:
    return format_ref(number, language="bn" if language == "bn" else "en", digits=install.digits_in(language))


def render_template(
    template: Template | TemplateVersion | TemplateProposal | TrialMail, values: dict[str, str]
) -> tuple[str, str]:
    """Subject (one line) and body of a text with its placeholders filled and its links."""
    links = "\n".join(f"{link.get('label', '')}: {_whole(link.get('url', ''))}" for link in template.links)
    filled = {**values, "links": links}
    subject = " ".join(fill(template.subject, filled).split())
    body = fill(template.body, filled).strip()
    if links and "links" not in names_in(template.body):
        body = f"{body}\n\n{links}"
    return subject, body


def _whole(url: str) -> str:
    """A link within this install becomes a whole address: the customer reads it in a mail."""
    return f"{settings.BASE_URL.rstrip('/')}{url}" if url.startswith("/") else url


def frame_reply(*, actor: User, item: WorkItem, text: str) -> tuple[str, int | None]:
    """A staff reply between greeting and signature (template ``reply``), or the bare text when there is none.

    With it the id of the text's version, None for the bare text.
    """
    language = item.customer.language if item.customer else "bn"
    template = find_template(code=TemplateCode.REPLY, team=item.team, language=language)
    if template is None:
        return text, None
    with translation.override(language):
        name = actor.name
    values = placeholder_values(item, language=language, extra={"text": text, "agent": name})
    return render_template(template, values)[1], template.current_id
