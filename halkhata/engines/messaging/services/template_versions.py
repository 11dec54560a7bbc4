"""Writing a text down: the row that is sent from, and the version that stays for ever (B.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Template, TemplateVersion
from halkhata.engines.messaging.services.template_values import FIELDS, WORDS, is_same
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Whose a version is: who wrote it, who agreed (where the shop asks for that), why, and what it brought back."""

    author_id: int | None = None
    author_label: str = ""
    approver: User | None = None
    why: str = ""
    again_of: int | None = None

    @classmethod
    def of(cls, user: User, *, why: str = "", again_of: int | None = None) -> "Hand":
        """Somebody who changes a text alone."""
        return cls(author_id=user.pk, author_label=user.audit_label, why=why, again_of=again_of)


def write_text(
    *, actor: User, row: Template, values: dict[str, Any], documents: Sequence[StoredFile], hand: Hand
) -> Template:
    """Put checked ``values`` into a text that the caller holds (or a new one) and keep them as its next version.

    What says the same as before leaves everything as it is. Runs in the caller's transaction. Raises DomainError
    ``template_exists``.
    """
    is_new = row.pk is None
    if not is_new and is_same(row, values, documents):
        return row
    if not is_new and row.current_id is None:
        keep_version(row, Hand())
    before = None if is_new else {name: getattr(row, name) for name in FIELDS}
    for name in FIELDS:
        setattr(row, name, values[name])
    row.version = 1 if is_new else row.version + 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise place_taken() from error
    row.documents.set(documents)
    version = keep_version(row, hand)
    record(
        actor=actor,
        action="template.create" if is_new else "template.update",
        record=row,
        before=before,
        after={**{name: getattr(row, name) for name in FIELDS}, "number": version.number},
        note=hand.why,
    )
    return row


def keep_version(row: Template, hand: Hand) -> TemplateVersion:
    """Keep the text as it stands as its next version; from now on messages say that they were made from it."""
    last = TemplateVersion.objects.filter(template=row).order_by("-number").values_list("number", flat=True).first()
    approver = hand.approver
    version = TemplateVersion.objects.create(
        template=row,
        number=(last or 0) + 1,
        language=row.language,
        at=now(),
        author_id_then=hand.author_id,
        author_label=hand.author_label[:150],
        approver_id_then=approver.pk if approver is not None else None,
        approver_label=approver.audit_label[:150] if approver is not None else "",
        why=hand.why,
        again_of=hand.again_of,
        **{name: getattr(row, name) for name in WORDS},
    )
    version.documents.set(row.documents.all())
    row.current = version
    row.save(update_fields=["current"])
    return version


def place_taken() -> DomainError:
    """What the person reads at the field."""
    return DomainError(
        "template_exists", _("There is a text for this occasion, department and language already."), field="code"
    )
