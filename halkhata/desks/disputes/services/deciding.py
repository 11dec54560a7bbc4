"""Writing a decision as long as it is a draft (A60.5, US-28)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import WITH_AMOUNT, Finding, Ground, RemedyKind
from halkhata.desks.disputes.models import Decision, Dispute
from halkhata.desks.disputes.services.seats import held_with_seat
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text

TEXTS = ("facts_bn", "facts_en", "clause_bn", "clause_en", "reasons_bn", "reasons_en")
LONGEST = 20_000


def write_decision(*, actor: User, dispute: Dispute, values: Mapping[str, Any], version: int | None = None) -> Decision:
    """Write the draft, or change it: finding, root_cause, remedy, amount, currency, deadline_on and the six texts.

    Any sitting member may. Raises NotFound, PermissionRefused ``not_on_panel``; Conflict ``wrong_state``, ``signed``,
    ``changed_meanwhile``; DomainError ``bad_finding``, ``bad_cause``, ``bad_remedy``, ``amount_missing``.
    """
    finding, cause, remedy = (str(values.get(name, "")) for name in ("finding", "root_cause", "remedy"))
    for code, known, field in (
        (finding, Finding, "finding"), (cause, Ground, "root_cause"), (remedy, RemedyKind, "remedy"),
    ):  # fmt: skip
        if code not in known.values:
            raise DomainError(f"bad_{field}", _("Choose one from the list."), field=field)
    amount = money_of(remedy, values.get("amount"))
    with transaction.atomic():
        held, seat = held_with_seat(actor, dispute)
        decision = Decision.objects.select_for_update().filter(dispute=held, round=held.round).first()
        if decision is not None and decision.signed_at is not None:
            raise Conflict("signed", _("The decision is signed. A correction is a new entry."))
        if decision is not None and version is not None and decision.version != version:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
            )
        decision = decision or Decision(dispute=held, panel=seat.panel, round=held.round, version=0)
        decision.finding, decision.root_cause, decision.remedy, decision.amount = finding, cause, remedy, amount
        decision.currency = (
            clean_text(values.get("currency") or "BDT", max_length=3).upper() if amount is not None else ""
        )
        deadline = values.get("deadline_on")
        decision.deadline_on = deadline if isinstance(deadline, date) else None
        for name in TEXTS:
            setattr(decision, name, clean_text(str(values.get(name) or ""), multiline=True, max_length=LONGEST))
        decision.written_by, decision.written_at, decision.version = actor, now(), decision.version + 1
        decision.save()
        record(
            actor=actor, action="dispute.draft", record=held, after={"finding": finding, "version": decision.version}
        )
    return decision


def money_of(remedy: str, value: Any) -> Decimal | None:
    """The amount that belongs to a remedy. Raises DomainError ``amount_missing``, ``bad_amount`` at ``amount``."""
    if value in (None, ""):
        if remedy in WITH_AMOUNT:
            raise DomainError("amount_missing", _("Say how much money."), field="amount")
        return None
    amount = Decimal(value)
    if amount < 0 or amount >= Decimal("10000000000"):
        raise DomainError("bad_amount", _("Write an amount of money."), field="amount")
    return amount.quantize(Decimal("0.01"))
