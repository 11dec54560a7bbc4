"""Which units a recall is about; how far it has come; which recalls are open for a unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext as _

from halkhata.desks.aftercare.choices import RecallState
from halkhata.desks.aftercare.models import Recall, RecallUnit
from halkhata.desks.aftercare.policies import NOTHING_HERE
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.models import Brand, Product, Unit, UnitIdentifier
from halkhata.records.warranty.registry import Campaign

# What is gone needs no recall.
GONE = (UnitState.REPLACED, UnitState.SCRAPPED)
PART = 500
# Told by a person: reached and written down, or already further.
REACHED = (RecallState.TOLD, RecallState.BOOKED, RecallState.DONE)


@dataclass(frozen=True, kw_only=True)
class Match:
    """The units a recall means, and the numbers of its list that no unit has."""

    unit_ids: tuple[int, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a recall has come."""

    units: int
    reached: int
    completed: int
    by_state: dict[str, int]

    @property
    def reached_percent(self) -> int:
        """Owners who were told, of all units."""
        return round(100 * self.reached / self.units) if self.units else 0

    @property
    def completed_percent(self) -> int:
        """Units on which it was done, of all."""
        return round(100 * self.completed / self.units) if self.units else 0


def matching(
    *, brand: Brand, product: Product | None, serial_from: str = "", serial_to: str = "", serials: Sequence[str] = ()
) -> Match:
    """Units of the brand (and product) with a number in the range or in the list; both folded.

    A range goes over numbers of its own length only: "A100" to "A199" does not hold "A1500". Without range and list it
    is all units of the product.
    """
    rows = UnitIdentifier.objects.filter(product__brand=brand).exclude(unit__state__in=GONE)
    if product is not None:
        rows = rows.filter(product=product)
    if serials:
        return _listed(rows, serials)
    if serial_from:
        rows = rows.annotate(size=Length("folded")).filter(
            size=len(serial_from), folded__gte=serial_from, folded__lte=serial_to
        )
    return Match(unit_ids=tuple(sorted(set(rows.values_list("unit_id", flat=True)))))


def _listed(rows: QuerySet[UnitIdentifier], serials: Sequence[str]) -> Match:
    found: set[int] = set()
    known: set[str] = set()
    for start in range(0, len(serials), PART):
        for unit_id, folded in rows.filter(folded__in=serials[start : start + PART]).values_list("unit_id", "folded"):
            found.add(unit_id)
            known.add(folded)
    return Match(unit_ids=tuple(sorted(found)), missing=tuple(one for one in serials if one not in known))


def recall_for(number: str) -> Recall:
    """The recall of this number, in any spelling. Raises NotFound."""
    found = Recall.objects.select_related("brand", "product").filter(number=parse_ref(number) or number).first()
    if found is None:
        raise NotFound("not_found", NOTHING_HERE)
    return found


def progress_of(user: User, recalls: Iterable[Recall]) -> dict[int, Progress]:
    """How far each recall has come among the units ``user`` sees. One query."""
    ids = [one.pk for one in recalls]
    counts: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    rows = RecallUnit.objects.visible_to(user).filter(recall__in=ids).order_by()
    for recall_id, state, number in rows.values_list("recall_id", "state").annotate(number=Count("pk")):
        counts[recall_id][state] = number
    return {
        pk: Progress(
            units=sum(found.values()), reached=sum(found.get(state, 0) for state in REACHED),
            completed=found.get(RecallState.DONE, 0), by_state=found,
        )
        for pk, found in counts.items()
    }  # fmt: skip


def by_branch(user: User, recall: Recall) -> list[dict[str, Any]]:
    """The report of a recall, branch by branch. One query."""
    rows = (
        RecallUnit.objects.visible_to(user).filter(recall=recall).order_by("unit__branch__path")
        .values("unit__branch__name_bn", "unit__branch__name_en")
        .annotate(
            units=Count("pk"), reached=Count("pk", filter=Q(state__in=REACHED)),
            completed=Count("pk", filter=Q(state=RecallState.DONE)),
            unreachable=Count("pk", filter=Q(state=RecallState.NOT_REACHED)),
        )
    )  # fmt: skip
    return [dict(row) for row in rows]


def open_of_unit(unit: Unit) -> list[RecallUnit]:
    """Recalls that are still to be done on a unit. One query."""
    rows = RecallUnit.objects.filter(unit_id=unit.pk, recall__closed_at__isnull=True).exclude(state=RecallState.DONE)
    return list(rows.select_related("recall").order_by("-recall__stop_use", "pk"))


def campaigns_of(unit: Unit) -> list[Campaign]:
    """The same as the warranty's verdict shows it: before everything else."""
    return [
        Campaign(
            label=(_("Recall, must not be used: %(name)s") if one.recall.stop_use else _("Open recall: %(name)s"))
            % {"name": one.recall.name},
            url=reverse("aftercare:recall", args=[one.recall.number]),
        )
        for one in open_of_unit(unit)
    ]
