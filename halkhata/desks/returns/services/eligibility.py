"""Whether something may be given back: computed at the request from sale, policy and earlier returns (A58.3)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import NOT_THE_CUSTOMERS_FAULT, OVER, Reason
from halkhata.desks.returns.models import ReturnPolicy, ReturnRequest
from halkhata.desks.returns.selectors.terms import days_for, policy_for
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.templatetags.halkhata import num
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import PurchaseLine, Unit
from halkhata.records.catalog.sentences import shown_ref

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Eligibility:
    """What came of the look: the rules with their values, and what follows from them."""

    rules: list[dict[str, Any]]
    policy: ReturnPolicy | None
    price: Decimal
    fee: Decimal

    @property
    def is_eligible(self) -> bool:
        """Every rule holds."""
        return all(rule["ok"] for rule in self.rules)


def price_of(line: PurchaseLine, quantity: int) -> Decimal:
    """What was paid for so many pieces of a line, rounded down: all parts together never come to more than the line."""
    return (line.amount * quantity / line.quantity).quantize(CENT, ROUND_DOWN)


def look(
    *, line: PurchaseLine, unit: Unit | None, quantity: int = 1, reason_code: str, has_accessories: bool = True
) -> Eligibility:
    """Look at sale, policy, window, reason and earlier returns; nothing is written.

    Raises what makes a request senseless: DomainError ``unknown_return_reason``, ``bad_quantity``, ``unit_missing``,
    ``serial_mismatch``, Conflict ``sale_reversed``, ``already_open``, ``nothing_left``, ``not_with_customer``.
    """
    if reason_code not in Reason.values:
        raise DomainError("unknown_return_reason", _("Choose why it is given back."), field="reason_code")
    if quantity < 1 or (unit is not None and quantity != 1):
        raise DomainError("bad_quantity", _("Write how many are given back, from 1 up."), field="quantity")
    _refuse_wrong_unit(line, unit)
    taken = taken_of(line)
    _refuse_senseless(line, unit, quantity, taken)
    policy = policy_for(line)
    bought = line.purchase.bought_on
    rules: list[dict[str, Any]] = [
        {"code": "sale", "ok": True, "day": bought.isoformat(), "number": line.purchase.number},
        {"code": "left", "ok": True, "sold": line.quantity, "taken": taken},
        {"code": "policy", "ok": policy is not None, "version": policy.version if policy else 0},
    ]
    price = price_of(line, quantity)
    fee = Decimal(0)
    if policy is not None:
        days = days_for(policy, reason_code)
        last = bought + timedelta(days=days)
        fits = (days > 0 and today() <= last) or reason_code == Reason.NOT_DELIVERED
        excluded = reason_code in policy.excluded_reasons
        complete = has_accessories or not policy.needs_accessories or reason_code in NOT_THE_CUSTOMERS_FAULT
        rules += [
            {"code": "window", "ok": fits, "days": days, "last": last.isoformat()},
            {"code": "reason", "ok": not excluded, "reason": reason_code},
            {"code": "accessories", "ok": complete},
        ]
        if policy.fee_percent and reason_code not in NOT_THE_CUSTOMERS_FAULT:
            fee = (price * policy.fee_percent / 100).quantize(CENT)
            rules.append({"code": "fee", "ok": True, "percent": str(policy.fee_percent.normalize())})
    return Eligibility(rules=rules, policy=policy, price=price, fee=fee)


def taken_of(line: PurchaseLine) -> int:
    """How many of a line are given back, or on their way."""
    return ReturnRequest.objects.filter(purchase_line=line).aggregate(total=Sum("held_quantity"))["total"] or 0


def _refuse_wrong_unit(line: PurchaseLine, unit: Unit | None) -> None:
    if unit is None:
        if line.unit_id is not None:
            raise DomainError("unit_missing", _("Say which serial number is given back."), field="unit")
        return
    if line.unit_id == unit.pk:
        return
    if not ReturnRequest.objects.filter(purchase_line=line, replacement_unit=unit).exists():
        raise DomainError(
            "serial_mismatch",
            _("The unit %(unit)s was not sold on the memo %(memo)s. Look the serial number up again.")
            % {"unit": shown_ref(unit.number), "memo": shown_ref(line.purchase.number)},
            field="unit",
        )


def _refuse_senseless(line: PurchaseLine, unit: Unit | None, quantity: int, taken: int) -> None:
    if line.purchase.is_reversed:
        raise Conflict(
            "sale_reversed",
            _("The sale %(memo)s was taken back as a whole: nothing of it can be given back. Look for a later sale.")
            % {"memo": shown_ref(line.purchase.number)},
        )  # fmt: skip
    if unit is not None:
        other = ReturnRequest.objects.filter(unit=unit).exclude(stage__in=OVER).first()
        if other is not None:
            raise already_open(other.number)
        if unit.state != "sold":
            raise Conflict(
                "not_with_customer",
                _("The unit %(unit)s is not with a customer: %(state)s. Its page says where it went.")
                % {"unit": shown_ref(unit.number), "state": unit.state_label},
                field="unit",
            )
    if taken + quantity > line.quantity:
        raise nothing_left(line.quantity, taken)


def already_open(number: str = "") -> Conflict:
    """The refusal of a second return of one serial number."""
    return Conflict(
        "already_open",
        _("A return of this unit is open already: %(number)s. Go on there.") % {"number": shown_ref(number)}
        if number
        else _("A return of this unit is open already. Go on there."),
        field="unit",
        number=number,
    )


def nothing_left(sold: int, taken: int) -> Conflict:
    """The refusal of more than was bought."""
    return Conflict(
        "nothing_left",
        _(
            "Of this line %(sold)s were bought and %(taken)s are given back already. "
            "Write fewer, or look for another memo."
        )
        % {"sold": num(sold), "taken": num(taken)},
        field="quantity",
        sold=sold,
        taken=taken,
    )
