"""What the company says: all, a part, or nothing; and what it pays, with the difference (US-33 AC 5)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from halkhata.desks.claims import policies
from halkhata.desks.claims.choices import GRANTED, Stage
from halkhata.desks.claims.events import ClaimCredited
from halkhata.desks.claims.models import Claim, ClaimLine, CompanyCredit
from halkhata.desks.claims.services.locking import audit, in_words, lock_claim, to_stage, touched, write_columns
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today

CENT = Decimal("0.01")


def decide_claim(
    *,
    actor: Any,
    claim: Claim,
    granted: Mapping[int, Decimal] | None = None,
    answers: Mapping[int, str] | None = None,
    answer: str = "",
    version: int | None = None,
) -> Claim:
    """Write down what the company grants, by line; ``granted`` None: all of it. The stage follows from the sum.

    A line that is not named gets nothing. Less than everything needs the company's words, for the claim or its line.
    Raises PermissionRefused, NotFound, Conflict ``step_not_allowed`` and ``approved_over_claimed``, DomainError
    ``unknown_line``, ``bad_amount``, ``answer_missing``.
    """
    policies.require(actor, policies.DECIDE, claim)
    words = clean_text(answer, multiline=True, max_length=4000)
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        if held.stage != Stage.SUBMITTED:
            raise Conflict(
                "step_not_allowed",
                _("The company answers a claim that it has. This one is “%(stage)s”.") % {"stage": held.stage_label},
                stage=held.stage,
            )
        lines = {line.pk: line for line in held.lines.all()}
        amounts = {pk: line.claimed_amount for pk, line in lines.items()} if granted is None else dict(granted)
        if set(amounts) - set(lines):
            raise DomainError("unknown_line", _("This line is not of this claim."), field="granted")
        notes = {pk: clean_text(text, max_length=200) for pk, text in (answers or {}).items()}
        for pk, line in lines.items():
            _grant(line, amounts.get(pk, Decimal(0)), notes.get(pk, ""))
        touched(held)
        stage = _stage_for(held)
        if stage != Stage.APPROVED and not words:
            words = "; ".join(text for text in notes.values() if text)
        if stage != Stage.APPROVED and not words:
            raise DomainError("answer_missing", _("Write what the company says about it."), field="answer")
        to_stage(
            actor=actor, claim=held, stage=stage, decided_at=now(), answer=words,
            decided_by=actor if isinstance(actor, User) else None,
        )  # fmt: skip
        audit(
            actor, held, "decide",
            {"claimed": str(held.claimed_amount), "approved": str(held.approved_amount), "stage": stage.value}, words,
        )  # fmt: skip
    claim.refresh_from_db()
    return claim


def _grant(line: ClaimLine, amount: Decimal, note: str) -> None:
    _check(amount, f"line_{line.pk}")
    if amount > line.claimed_amount:
        raise Conflict("approved_over_claimed", _("That is more than was claimed."), field=f"line_{line.pk}")
    with in_words():
        ClaimLine.objects.filter(pk=line.pk).update(approved_amount=amount, answer=note)


def _stage_for(claim: Claim) -> Stage:
    if claim.approved_amount <= 0:
        return Stage.REJECTED
    return Stage.APPROVED if claim.approved_amount == claim.claimed_amount else Stage.PARTLY


def _check(amount: Decimal, field: str) -> None:
    if not amount.is_finite() or amount < 0 or amount != amount.quantize(CENT):
        raise DomainError("bad_amount", _("Write an amount of money, like 1500."), field=field)


def record_credit(
    *,
    actor: Any,
    claim: Claim,
    number: str,
    amount: Decimal,
    on: date,
    note: str = "",
    short_reason: str = "",
    version: int | None = None,
) -> CompanyCredit:
    """Write down a credit note of the company. The same number on the same claim twice is refused.

    When all is paid the claim is credited. ``short_reason``: no more is expected, and why; the difference stays shown.
    Raises PermissionRefused, NotFound, Conflict ``not_approved``, ``credit_known``, ``credited_over_approved``;
    DomainError ``number_missing``, ``bad_amount``, ``in_future``.
    """
    policies.require(actor, policies.DECIDE, claim)
    paper = clean_text(number, max_length=60).upper()
    if not paper:
        raise DomainError("number_missing", _("Write the number of the credit note."), field="number")
    _check(amount, "amount")
    if amount <= 0:
        raise DomainError("bad_amount", _("Write an amount of money, like 1500."), field="amount")
    if on > today():
        raise DomainError("in_future", _("This day is still to come."), field="on")
    why = clean_text(short_reason, max_length=300)
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        if held.stage not in GRANTED:
            raise Conflict("not_approved", _("The company has not approved this claim."), stage=held.stage)
        with in_words():
            made = CompanyCredit.objects.create(
                claim=held, number=paper, amount=amount, on=on, note=clean_text(note, max_length=300),
                recorded_by=actor if isinstance(actor, User) else None,
            )  # fmt: skip
        touched(held)
        if held.shortfall > 0 and why:
            write_columns(held, short_reason=why)
        if held.stage != Stage.CREDITED and (held.shortfall <= 0 or why):
            to_stage(actor=actor, claim=held, stage=Stage.CREDITED)
        audit(
            actor, held, "credit",
            {"number": paper, "amount": str(amount), "on": on, "shortfall": str(held.shortfall)}, why,
        )  # fmt: skip
        publish(
            ClaimCredited(
                claim_id=held.pk, number=held.number, amount=amount, currency=held.currency, shortfall=held.shortfall,
                branch_id=held.branch_id,
            )
        )  # fmt: skip
    claim.refresh_from_db()
    return made
