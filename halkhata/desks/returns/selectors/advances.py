"""What a policy says about replacements in advance, and where the deposit of one stands."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F, Q

from halkhata.desks.returns.choices import AdvanceState, DepositKind, EntryKind, Stage
from halkhata.desks.returns.models import Advance, AdvanceTerms, DepositEntry, ReturnRequest
from halkhata.records.catalog.days import today

CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Money:
    """The sums of a deposit's ledger."""

    taken: Decimal
    returned: Decimal
    kept: Decimal

    @property
    def left(self) -> Decimal:
        """What is still with the shop and not decided about."""
        return self.taken - self.returned - self.kept


@dataclass(frozen=True)
class ShownAdvance:
    """An advance as a page shows it."""

    row: Advance
    money: Money
    entries: list[DepositEntry]

    @property
    def is_waiting(self) -> bool:
        """The old piece is still to come."""
        return self.row.state == AdvanceState.WAITING

    @property
    def is_late(self) -> bool:
        """And its last day has passed."""
        return self.is_waiting and self.row.due_on < today()


def terms_for(request: ReturnRequest) -> AdvanceTerms | None:
    """What the policy of the sale says, or None where it offers no replacement in advance."""
    return request.policy.advance if request.policy is not None else None


def may_be_advanced(request: ReturnRequest) -> bool:
    """Approved, the goods still to come, its policy offers it, and it has not been done yet."""
    return (
        request.stage in {Stage.APPROVED, Stage.IN_TRANSIT}
        and not request.is_instant
        and request.customer_id is not None
        and request.in_advance is None
        and terms_for(request) is not None
    )


def deposit_for(request: ReturnRequest, terms: AdvanceTerms) -> Decimal:
    """The deposit for this return: as the policy has it, never more than what was paid for the goods."""
    if terms.kind == DepositKind.NONE:
        return NOTHING
    if terms.kind == DepositKind.PERCENT:
        return (request.line_price * terms.amount / 100).quantize(CENT, ROUND_HALF_UP)
    return min(terms.amount, request.line_price).quantize(CENT)


def money_of(entries: Any) -> Money:
    """The sums of some entries. No query."""
    sums = dict.fromkeys(EntryKind.values, NOTHING)
    for one in entries:
        sums[one.kind] += one.amount
    return Money(taken=sums["taken"], returned=sums["returned"], kept=sums["kept"])


def shown_advance(request: ReturnRequest) -> ShownAdvance | None:
    """The advance of a return with its ledger, or None. One query, two where the return came without it."""
    row = request.in_advance
    if row is None:
        return None
    entries = list(row.entries.select_related("by"))
    return ShownAdvance(row=row, money=money_of(entries), entries=entries)


def advances_due(day: date) -> list[int]:
    """The returns whose old piece is awaited by ``day`` and of which no owner was told yet, oldest first."""
    told = Q(late_for__isnull=False, late_for=F("due_on"))
    waiting = Advance.objects.filter(state=AdvanceState.WAITING, due_on__lte=day).exclude(told)
    return list(waiting.order_by("due_on", "pk").values_list("request_id", flat=True)[:500])
