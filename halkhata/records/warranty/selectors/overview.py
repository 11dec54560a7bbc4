"""Verdicts of several units at once, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Reading, Unit
from halkhata.records.catalog.selectors.units import units_of, with_all
from halkhata.records.customers.models import Customer
from halkhata.records.warranty.selectors.verdict import Verdict, judge


@dataclass(frozen=True, kw_only=True)
class UnitVerdict:
    """One unit with its verdict."""

    unit: Unit
    verdict: Verdict


def verdicts(units: Sequence[Unit]) -> list[UnitVerdict]:
    """The verdict of each unit, in the order given. Two queries, however many."""
    rows = Unit.objects.filter(pk__in=[unit.pk for unit in units])
    last = Reading.objects.filter(unit=OuterRef("pk")).order_by("-read_on", "-pk").values("value")[:1]
    found = {unit.pk: unit for unit in rows.annotate(last_reading=Subquery(last)).prefetch_related("covers")}
    return [
        UnitVerdict(
            unit=unit,
            verdict=judge(
                list(found[unit.pk].covers.all()), day=today(), reading=found[unit.pk].last_reading,
                usage_unit=unit.product.kind.usage_unit,
            ),
        )
        for unit in units
    ]  # fmt: skip


def units_with_verdicts(user: User, customer: Customer, *, limit: int) -> list[UnitVerdict]:
    """What the customer owns and the user may see, the last bought first."""
    visible = Unit.objects.visible_to(user).values("pk")
    return verdicts(list(units_of(customer).filter(pk__in=visible)[:limit]))


def units_by_numbers(user: User, units: Sequence[Unit]) -> list[UnitVerdict]:
    """Verdicts of found units with product, brand and identifiers at hand."""
    ids = [unit.pk for unit in units]
    full = {unit.pk: unit for unit in with_all(Unit.objects.visible_to(user)).filter(pk__in=ids)}
    return verdicts([full[pk] for pk in ids if pk in full])
