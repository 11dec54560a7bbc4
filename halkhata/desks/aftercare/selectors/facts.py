"""What is known of units: readings, last services, free services, contracts, wishes. Each one query per batch."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from halkhata.desks.aftercare.due import LAPSE, Due, Line, Read, line_of, next_due, one_meter, reading_at
from halkhata.desks.aftercare.models import AftercareSettings, ReminderStop
from halkhata.desks.aftercare.registry import service_verbs
from halkhata.desks.aftercare.selectors.rules import Rules
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Reading, Unit, UnitLife
from halkhata.records.warranty.choices import CouponState, CoverSource
from halkhata.records.warranty.models import Coupon, Cover


@dataclass(slots=True)
class UnitFacts:
    """One unit with all that its due depends on."""

    pk: int
    owner_id: int
    branch_id: int
    product_id: int
    brand_id: int
    kind_id: int
    sold_on: date
    is_demo: bool
    readings: list[Read] = field(default_factory=list)
    served_on: date | None = None
    # Open ones of the last sale: id, number, first and last day, highest reading.
    coupons: list[tuple[int, int, date, date, int | None]] = field(default_factory=list)
    # Contracts and extended warranties: policy (0: none), first and last day.
    contracts: set[tuple[int, date, date]] = field(default_factory=set)
    # The owner wants no reminders about it.
    is_stopped: bool = False

    @property
    def anchor_on(self) -> date:
        """From which day the next service counts: the last one, else the sale."""
        return max(self.served_on or self.sold_on, self.sold_on)

    def meter(self) -> tuple[list[Read], bool]:
        """Readings of the meter that is in now, and whether it is the first one the unit has had."""
        return one_meter(self.readings)


FIELDS = ("pk", "owner_id", "branch_id", "product_id", "product__brand_id", "product__kind_id", "sold_on", "is_demo")


def facts_of(units: QuerySet[Unit], *, low: int, high: int) -> dict[int, UnitFacts]:
    """Facts of the sold units with an owner among ``units``; all of them have ids in ``low`` < id <= ``high``.

    Six queries, however many units: what belongs to them is found by the range of their ids.
    """
    sold = units.filter(state=UnitState.SOLD, owner__isnull=False, sold_on__isnull=False)
    found = {row[0]: UnitFacts(*row) for row in sold.order_by().values_list(*FIELDS)}
    span = {"unit_id__gt": low, "unit_id__lte": high}
    _services(found, span)
    _fill(found, span)
    for unit_id, customer_id in ReminderStop.objects.filter(**span).values_list("unit_id", "customer_id"):
        if unit_id in found:
            found[unit_id].is_stopped = found[unit_id].owner_id == customer_id
    return found


def facts_of_unit(unit: Unit) -> UnitFacts | None:
    """Facts of one unit that is read already, with its product; None unless sold to an owner. Four queries at most."""
    if unit.state != UnitState.SOLD or unit.owner_id is None or unit.sold_on is None:
        return None
    services = UnitLife.objects.filter(unit=OuterRef("pk"), verb__in=_service_verbs()).order_by("-at")
    stops = ReminderStop.objects.filter(unit=OuterRef("pk"), customer=unit.owner_id)
    known = Unit.objects.filter(pk=unit.pk).annotate(served_at=Subquery(services.values("at")[:1]), stop=Exists(stops))
    served_at, is_stopped = known.values_list("served_at", "stop").get()
    facts = UnitFacts(
        pk=unit.pk, owner_id=unit.owner_id, branch_id=unit.branch_id, product_id=unit.product_id,
        brand_id=unit.product.brand_id, kind_id=unit.product.kind_id, sold_on=unit.sold_on, is_demo=unit.is_demo,
        served_on=day_of(served_at) if served_at is not None else None, is_stopped=is_stopped,
    )  # fmt: skip
    _fill({unit.pk: facts}, {"unit_id": unit.pk})
    return facts


def _fill(found: dict[int, UnitFacts], span: dict[str, int]) -> None:
    read = Reading.objects.filter(**span).order_by("unit_id", "read_on", "pk")
    for unit_id, on, value in read.values_list("unit_id", "read_on", "value"):
        if unit_id in found:
            found[unit_id].readings.append(Read(on, value))
    _coupons(found, span)
    _contracts(found, span)


def _service_verbs() -> list[str]:
    return [name for name, _entry in service_verbs.items()]


def _services(found: dict[int, UnitFacts], span: dict[str, int]) -> None:
    verbs = _service_verbs()
    lines = UnitLife.objects.filter(**span, verb__in=verbs).order_by().values_list("unit_id")
    for unit_id, at in lines.annotate(last=Max("at")) if verbs else ():
        if unit_id in found:
            found[unit_id].served_on = day_of(at)


def _coupons(found: dict[int, UnitFacts], span: dict[str, int]) -> None:
    rows = Coupon.objects.filter(**span).exclude(state=CouponState.CANCELLED)
    rounds: dict[int, int] = defaultdict(int)
    names = ("unit_id", "round", "state", "used_on", "pk", "number", "from_on", "to_on", "to_usage")
    ordered = rows.order_by("unit_id", "round", "number").values_list(*names)
    for unit_id, turn, state, used_on, pk, number, from_on, to_on, to_usage in ordered:
        unit = found.get(unit_id)
        if unit is None:
            continue
        if turn > rounds[unit_id]:
            rounds[unit_id] = turn
            unit.coupons = []
        if state == CouponState.USED and used_on is not None:
            # A free service is a service.
            unit.served_on = max(unit.served_on or used_on, used_on)
        elif state == CouponState.DUE:
            unit.coupons.append((pk, number, from_on, to_on, to_usage))


def _contracts(found: dict[int, UnitFacts], span: dict[str, int]) -> None:
    rows = Cover.objects.live().filter(**span, source=CoverSource.EXTENDED).order_by()
    for unit_id, policy_id, starts_on, ends_on in rows.values_list("unit_id", "policy_id", "starts_on", "ends_on"):
        if unit_id in found:
            found[unit_id].contracts.add((policy_id or 0, starts_on, ends_on))


@dataclass(frozen=True, slots=True)
class NextService:
    """The next service by the rules, with the line of use it was read off."""

    due: Due
    line: Line | None


def service_due(facts: UnitFacts, rules: Rules, settings: AftercareSettings, today: date) -> NextService | None:
    """The next service of a unit by the rule of its product; None without a rule."""
    rule = rules.of(product_id=facts.product_id, brand_id=facts.brand_id, kind_id=facts.kind_id)
    if rule is None:
        return None
    reads, is_first = facts.meter()
    line = line_of(reads, sold_on=facts.sold_on, is_first_meter=is_first)
    value = reading_at(reads, facts.anchor_on, sold_on=facts.sold_on, is_first_meter=is_first, line=line)
    due = next_due(
        anchor_on=facts.anchor_on, months=rule.months, usage_every=rule.usage_every, line=line, anchor_value=value,
        not_before=today - timedelta(days=settings.after_days) - LAPSE,
    )  # fmt: skip
    return NextService(due, line) if due is not None else None


def coupon_dues(facts: UnitFacts, today: date) -> list[tuple[int, int, date, date]]:
    """Free services that can still be lost: id, number, first day, and the last one by days or by estimated use."""
    reads, is_first = facts.meter()
    line = line_of(reads, sold_on=facts.sold_on, is_first_meter=is_first)
    found = []
    for pk, number, from_on, to_on, to_usage in facts.coupons:
        over = to_usage is not None and bool(reads) and reads[-1].value > to_usage
        if to_on < today or over:
            continue
        by_use = line.day_of(to_usage) if line is not None and to_usage is not None else None
        found.append((pk, number, from_on, min(to_on, max(by_use, from_on)) if by_use is not None else to_on))
    return sorted(found, key=lambda one: (one[3], one[0]))


def ending_contracts(facts: UnitFacts, today: date, *, within: int) -> list[tuple[int, date]]:
    """Contracts that end within so many days and that no later one follows: policy and last day."""
    last = max((ends_on for _policy, _starts, ends_on in facts.contracts), default=None)
    if last is None or not today <= last <= today + timedelta(days=within):
        return []
    return sorted({(policy, ends_on) for policy, _starts, ends_on in facts.contracts if ends_on == last})
