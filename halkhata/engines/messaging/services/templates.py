"""Finding and keeping the texts of automatic messages."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Template, TemplateProposal, TemplateVersion
from halkhata.engines.messaging.services.template_proposals import propose_text
from halkhata.engines.messaging.services.template_rules import RIGHT, hold_rules
from halkhata.engines.messaging.services.template_values import MAX_WHY, PLACE, WORDS, checked_values, kept_documents
from halkhata.engines.messaging.services.template_versions import Hand, write_text
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile


def find_template(*, code: str, team: Team | None, language: str, channel: str = Channel.EMAIL) -> Template | None:
    """The best active template (B.1): the department's own in the language, else the fallback in the language, else one
    of the other language in the same order."""
    active = Template.objects.filter(code=code, channel=channel, is_active=True, is_set_aside=False)
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
    why: str = "",
) -> Template:
    """Add or change a text; ``values`` has the fields of ``checked_values``. It is sent from now on.

    Raises PermissionRefused, Conflict ``changed_meanwhile``, Conflict ``second_person`` where the shop asks for one,
    DomainError ``template_exists`` and what ``checked_values`` raises.
    """
    with transaction.atomic():
        if hold_rules().needs_second:
            raise Conflict("second_person", _("A second person must agree to changed texts in this shop."))
        saved = submit_text(
            actor=actor, template=template, values=values, version=version, add_documents=add_documents,
            remove_documents=remove_documents, why=why,
        )  # fmt: skip
    if not isinstance(saved, Template):
        raise TypeError("a text without a second person is a text")
    return saved


def submit_text(
    *,
    actor: User,
    template: Template | None,
    values: dict[str, Any],
    version: int | None = None,
    add_documents: Sequence[StoredFile] = (),
    remove_documents: Sequence[int] = (),
    why: str = "",
    again_of: int | None = None,
) -> Template | TemplateProposal:
    """Keep a text, or, where the shop asks for a second person, propose it: the old one goes on being sent.

    Raises as ``save_template``; with a second person also ``say_why`` at "why", ``nothing_changed``, and Conflict
    ``waits_already`` while somebody else's change of the same text waits.
    """
    require(actor, RIGHT)
    reason = clean_text(why, max_length=MAX_WHY)
    checked = checked_values(values)
    with transaction.atomic():
        rules = hold_rules()
        row = Template() if template is None else held_text(template.pk, version)
        documents = kept_documents(row, add_documents, remove_documents)
        if rules.needs_second:
            return propose_text(
                actor=actor, row=row, values=checked, documents=documents, why=reason, again_of=again_of
            )
        hand = Hand.of(actor, why=reason, again_of=again_of)
        return write_text(actor=actor, row=row, values=checked, documents=documents, hand=hand)


def bring_back(
    *, actor: User, template: Template, number: int, version: int | None = None, why: str = ""
) -> Template | TemplateProposal:
    """Send the words of an old version again, as a new version. Where it belongs and whether it is in use stay.

    Raises as ``submit_text``, NotFound, and Conflict ``nothing_changed`` when this is what is sent already.
    """
    require(actor, RIGHT)
    old = TemplateVersion.objects.filter(template=template, number=number).first()
    if old is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    with transaction.atomic():
        row = held_text(template.pk, version)
        values = {name: getattr(row, name) for name in (*PLACE, *WORDS)}
        values |= {name: getattr(old, name) for name in ("subject", "body", "links")}
        there = {one.pk for one in row.documents.all()}
        then = list(old.documents.order_by("pk"))
        same = all(values[name] == getattr(row, name) for name in values) and there == {one.pk for one in then}
        if same:
            raise Conflict("nothing_changed", _("This is what is sent already."))
        return submit_text(
            actor=actor, template=row, values=values, version=version, why=why, again_of=number,
            add_documents=then, remove_documents=[pk for pk in there if pk not in {one.pk for one in then}],
        )  # fmt: skip


def held_text(pk: int, version: int | None) -> Template:
    """The text, held until the end of the transaction. Raises NotFound, Conflict ``changed_meanwhile``."""
    row = Template.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if version is not None and row.version != version:
        raise Conflict("changed_meanwhile", _("Somebody else changed this text meanwhile. Please look at it again."))
    return row
