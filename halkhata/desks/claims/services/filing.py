"""Sending a claim to the company: refused until it is complete; taken back; sent back by the company for more."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from halkhata.desks.claims import policies
from halkhata.desks.claims.choices import Stage
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.verify import as_data, verify
from halkhata.desks.claims.services.locking import audit, lock_claim, require_draft, to_stage, touched
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.services.items import record_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import day_of
from halkhata.records.warranty.choices import FlagKind
from halkhata.records.warranty.services.flags import raise_flag


def submit_claim(*, actor: Any, claim: Claim, company_number: str = "", version: int | None = None) -> Claim:
    """Send it: from now on its lines stand. A late one goes out, too: the company says whether it takes it.

    Raises PermissionRefused, NotFound, Conflict ``sent_already`` and ``changed_meanwhile``, DomainError ``incomplete``
    with what is ``missing``.
    """
    policies.require(actor, policies.EDIT, claim)
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        require_draft(held)
        found = verify(held)
        if not found.is_complete:
            names = ", ".join(one.label for one in found.missing)
            raise DomainError(
                "incomplete", _("Something is missing: %(names)s.") % {"names": names}, missing=as_data(found)
            )
        at = now()
        columns: dict[str, Any] = {
            "submitted_at": at, "submitted_by": actor if isinstance(actor, User) else None, "asked_back": "",
        }  # fmt: skip
        if words := clean_text(company_number, max_length=60):
            columns["company_number"] = words
        if isinstance(actor, User):
            # It has left the house: that is what the promise of a first answer means for a claim.
            record_event(actor=actor, item=held, kind=WorkEventKind.HUMAN_REPLY, at=at, is_update=True)
        to_stage(actor=actor, claim=held, stage=Stage.SUBMITTED, **columns)
        audit(actor, held, "submit", {"claimed": str(held.claimed_amount), "late": bool(held.is_late(day_of(at)))})
        _flag_early(held)
        touched(held)
    claim.refresh_from_db()
    return claim


def _flag_early(claim: Claim) -> None:
    """A failure from before the sale is put on the list of what stands out (A53.16); nothing is refused by it."""
    unit = claim.unit
    if unit is None or unit.sold_on is None or claim.failed_on is None or claim.failed_on >= unit.sold_on:
        return
    raise_flag(
        unit=unit, kind=FlagKind.CLAIM_BEFORE_SALE, key=claim.number,
        data={"on": claim.failed_on.isoformat(), "sold_on": str(unit.sold_on)},
    )  # fmt: skip


def ask_back(*, actor: Any, claim: Claim, reason: str, version: int | None = None) -> Claim:
    """The company wants more: the claim can be changed again and must be sent anew.

    Raises PermissionRefused, NotFound, Conflict ``step_not_allowed``, DomainError ``reason_missing``.
    """
    policies.require(actor, policies.EDIT, claim)
    words = clean_text(reason, max_length=300)
    if not words:
        raise DomainError("reason_missing", _("Write what the company wants."), field="reason")
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        to_stage(actor=actor, claim=held, stage=Stage.DRAFT, asked_back=words)
        audit(actor, held, "ask_back", {}, words)
        touched(held)
    claim.refresh_from_db()
    return claim


def withdraw_claim(*, actor: Any, claim: Claim, reason: str, version: int | None = None) -> Claim:
    """Take it back; what it claimed can be claimed again. Raises as ``ask_back``."""
    policies.require(actor, policies.EDIT, claim)
    words = clean_text(reason, max_length=300)
    if not words:
        raise DomainError("reason_missing", _("Write why it is taken back."), field="reason")
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        to_stage(actor=actor, claim=held, stage=Stage.WITHDRAWN, withdrawn_reason=words)
        held.lines.update(is_live=False)
        audit(actor, held, "withdraw", {}, words)
        touched(held)
    claim.refresh_from_db()
    return claim
