"""Finding and keeping the texts of automatic messages."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Template
from halkhata.engines.messaging.services.placeholders import check_placeholders
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile

FIELDS = ("code", "team", "channel", "language", "subject", "body", "links", "is_active")
MAX_LINKS = 10


def find_template(*, code: str, team: Team | None, language: str, channel: str = Channel.EMAIL) -> Template | None:
    """The best active template (B.1): the department's own in the language, else the fallback in the language, else one
    of the other language in the same order."""
    active = Template.objects.filter(code=code, channel=channel, is_active=True)
    own = list(active.filter(team=team)) if team else []
    candidates = own + list(active.filter(team__isnull=True))
    # Stable: the department's own stay before the fallbacks.
    candidates.sort(key=lambda template: template.language != language)
    return candidates[0] if candidates else None


def save_template(
    *,
    actor: User,
    template: Template | None,
    values: dict[str, Any],
    version: int | None = None,
    add_documents: Sequence[StoredFile] = (),
    remove_documents: Sequence[int] = (),
) -> Template:
    """Add or change a text; ``values`` has FIELDS.

    Raises PermissionRefused, Conflict ``changed_meanwhile``, DomainError ``unknown_placeholder``, ``empty``,
    ``bad_link``, ``template_exists``.
    """
    require(actor, "settings.edit")
    with transaction.atomic():
        row = Template() if template is None else Template.objects.select_for_update(of=("self",)).get(pk=template.pk)
        if template is not None and version is not None and row.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed this text meanwhile. Please look at it again.")
            )
        before = {name: getattr(row, name) for name in FIELDS} if template else None
        for name in FIELDS:
            setattr(row, name, values[name])
        row.subject = clean_text(row.subject, max_length=200)
        row.body = clean_text(row.body, multiline=True)
        row.links = _checked_links(row.links)
        if not row.subject:
            raise DomainError("empty", _("Write a subject."), field="subject")
        if not row.body:
            raise DomainError("empty", _("Write the text."), field="body")
        check_placeholders(row.subject, "subject")
        check_placeholders(row.body, "body")
        row.version = row.version + 1 if template else 1
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise DomainError(
                "template_exists",
                _("There is a text for this occasion, department and language already."),
                field="code",
            ) from error
        row.documents.remove(*remove_documents)
        row.documents.add(*add_documents)
        record(
            actor=actor,
            action="template.update" if template else "template.create",
            record=row,
            before=before,
            after={name: getattr(row, name) for name in FIELDS},
        )
    return row


def _checked_links(links: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    checked = []
    for link in list(links)[:MAX_LINKS]:
        label, url = clean_text(link.get("label", ""), max_length=80), clean_text(link.get("url", ""), max_length=300)
        if not url.startswith(("https://", "http://", "/")) or url.startswith("//") or " " in url or not label:
            raise DomainError(
                "bad_link", _("Each link needs a name and an address that begins with https://"), field="links"
            )
        checked.append({"label": label, "url": url})
    return checked
