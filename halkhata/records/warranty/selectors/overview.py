"""Verdicts of several units at once, in one query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.kept_sql import kept_by_id
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.units import with_all
from halkhata.records.warranty.models import Cover
from halkhata.records.warranty.selectors.verdict import Verdict, judge, last_reading

FEW = 8


@dataclass(frozen=True, kw_only=True)
class UnitVerdict:
    """One unit with its verdict."""

    unit: Unit
    verdict: Verdict


def verdicts(units: Sequence[Unit]) -> list[UnitVerdict]:
    """The verdict of each unit, in the order given. One query, however many; none without units."""
    covers: dict[int, list[Cover]] = {unit.pk: [] for unit in units}
    readings: dict[int, int | None] = {}
    # A page shows some few: one kept statement for every number of them.
    rows: Iterable[Any] = (
        kept_by_id("covers of units", _of_units, list(covers), room=FEW).values()
        if len(covers) <= FEW
        else _of_units(list(covers))
    )
    for cover in rows:
        covers[cover.unit_id].append(cover)
        readings[cover.unit_id] = cover.last_reading
    return [
        UnitVerdict(
            unit=unit,
            verdict=judge(
                covers[unit.pk], day=today(), reading=readings.get(unit.pk),
                usage_unit=unit.product.kind.usage_unit,
            ),
        )
        for unit in units
    ]  # fmt: skip


def _of_units(ids: list[int]) -> QuerySet[Cover]:
    return Cover.objects.filter(unit__in=ids).annotate(last_reading=last_reading())


def units_by_numbers(user: User, units: Sequence[Unit]) -> list[UnitVerdict]:
    """Verdicts of found units with product, brand and identifiers at hand."""
    ids = [unit.pk for unit in units]
    full = {unit.pk: unit for unit in with_all(Unit.objects.visible_to(user)).filter(pk__in=ids)}
    return verdicts([full[pk] for pk in ids if pk in full])
