"""Writing a draft: its values, its lines, its photos."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from halkhata.desks.claims import policies
from halkhata.desks.claims.choices import OVER, PhotoKind
from halkhata.desks.claims.models import Claim, ClaimLine
from halkhata.desks.claims.selectors.rules import terms_of
from halkhata.desks.claims.services.locking import audit, in_words, lock_claim, require_draft, touched, write_columns
from halkhata.desks.claims.services.opening import NewLine, check_days, hang, texts, write_line
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile

_TEXTS = ("defect_code", "cause_code", "description", "faulty_serial", "replacement_serial")


def edit_claim(
    *,
    actor: Any,
    claim: Claim,
    failed_on: date | None,
    repaired_on: date | None,
    reading: int | None = None,
    version: int | None = None,
    **words: str,
) -> Claim:
    """Change the values of a draft; the deadline follows the day of the repair.

    Raises PermissionRefused, NotFound, Conflict ``sent_already`` and ``changed_meanwhile``, DomainError at the field.
    """
    policies.require(actor, policies.EDIT, claim)
    check_days(failed_on, repaired_on)
    written = texts(**{name: words.get(name, "") for name in _TEXTS})
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        require_draft(held)
        before = {name: getattr(held, name) for name in ("failed_on", "repaired_on", "reading", *_TEXTS)}
        values = {"failed_on": failed_on, "repaired_on": repaired_on, "reading": reading, **written}
        deadline = terms_of(held.brand).deadline(repaired_on) if held.unit is not None else held.deadline_on
        write_columns(held, **values, deadline_on=deadline)
        touched(held)
        audit(
            actor, held, "edit",
            {
                "before": {name: str(value or "") for name, value in before.items()},
                "after": {name: str(value or "") for name, value in values.items()},
            },
        )  # fmt: skip
    claim.refresh_from_db()
    return claim


def set_company_number(*, actor: Any, claim: Claim, number: str, version: int | None = None) -> Claim:
    """Write down the company's own number of the claim, while it is not over. Raises Conflict ``over``."""
    policies.require(actor, policies.EDIT, claim)
    words = clean_text(number, max_length=60)
    if not words:
        raise DomainError("number_missing", _("Write the number."), field="number")
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        if held.stage in OVER:
            raise Conflict("over", _("This claim is over."))
        write_columns(held, company_number=words)
        touched(held)
        audit(actor, held, "company_number", {"number": words})
    claim.refresh_from_db()
    return claim


def add_line(*, actor: Any, claim: Claim, line: NewLine, version: int | None = None) -> ClaimLine:
    """Put a line on a draft. Raises NotFound, Conflict ``sent_already``, DomainError at the field."""
    policies.require(actor, policies.EDIT, claim)
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        require_draft(held)
        with in_words():
            made = write_line(held, line)
        touched(held)
        audit(actor, held, "line_add", {"text": made.text, "claimed": str(made.claimed_amount)})
    claim.refresh_from_db()
    return made


def remove_line(*, actor: Any, claim: Claim, line_id: int, version: int | None = None) -> None:
    """Take a line off a draft. Raises PermissionRefused, NotFound, Conflict ``sent_already``."""
    policies.require(actor, policies.EDIT, claim)
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        require_draft(held)
        line = held.lines.filter(pk=line_id).first()
        if line is None:
            raise NotFound("not_found", policies.NOTHING_HERE)
        audit(actor, held, "line_remove", {"text": line.text, "claimed": str(line.claimed_amount)})
        with in_words():
            line.delete()
        touched(held)
    claim.refresh_from_db()


def add_photos(*, actor: Any, claim: Claim, files: Sequence[StoredFile], kind: str, note: str = "") -> None:
    """Hang photos or papers on a claim that is not over: the company may ask for more of them after it was sent.

    Raises PermissionRefused, NotFound, Conflict ``over``, DomainError ``photo_missing``, ``unknown_kind``.
    """
    policies.require(actor, policies.EDIT, claim)
    if kind not in PhotoKind.values:
        raise DomainError("unknown_kind", _("Choose what the photo shows."), field="kind")
    if not files:
        raise DomainError("photo_missing", _("Choose a photo or a paper."), field="photos")
    with transaction.atomic():
        held = lock_claim(claim.pk)
        if held.stage in OVER:
            raise Conflict("over", _("This claim is over."))
        for file in files:
            hang(held, file, kind, note, actor)
        touched(held)
        audit(actor, held, "photo_add", {"kind": kind, "files": [file.sha256 for file in files]})
    claim.refresh_from_db()


def name_photo(*, actor: Any, claim: Claim, photo_id: int, kind: str) -> None:
    """Say what a photo shows: those that come from the job card do not know it. Raises as ``add_photos``."""
    policies.require(actor, policies.EDIT, claim)
    with transaction.atomic():
        held = lock_claim(claim.pk)
        photo = held.files.filter(pk=photo_id)
        if not photo.exists():
            raise NotFound("not_found", policies.NOTHING_HERE)
        if kind not in PhotoKind.values:
            raise DomainError("unknown_kind", _("Choose what the photo shows."), field="kind")
        if held.stage in OVER:
            raise Conflict("over", _("This claim is over."))
        photo.update(kind=kind)
        touched(held)
        audit(actor, held, "photo_name", {"photo": photo_id, "kind": kind})
    claim.refresh_from_db()


def remove_photo(*, actor: Any, claim: Claim, photo_id: int) -> None:
    """Take a photo off a draft. Raises PermissionRefused, NotFound, Conflict ``sent_already``."""
    policies.require(actor, policies.EDIT, claim)
    with transaction.atomic():
        held = lock_claim(claim.pk)
        require_draft(held)
        if not held.files.filter(pk=photo_id).delete()[0]:
            raise NotFound("not_found", policies.NOTHING_HERE)
        touched(held)
        audit(actor, held, "photo_remove", {"photo": photo_id})
    claim.refresh_from_db()
