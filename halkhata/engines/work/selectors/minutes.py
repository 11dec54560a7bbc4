"""Minutes of work that were written down: the ledger of one item, and sums of many (A52.13).

What was merged into an item counts with it, as long as it is merged.
"""

from collections.abc import Collection

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from halkhata.engines.work.models import WorkItem, WorkMinutes
from halkhata.engines.work.selectors.merged import family


def ledger(item_id: int) -> QuerySet[WorkMinutes]:
    """Every line, oldest first, with ``undone``: the id of the line that takes it back, or None. One query."""
    back = WorkMinutes.objects.filter(takes_back=OuterRef("pk")).order_by().values("pk")[:1]
    return (
        WorkMinutes.objects.filter(item__in=family(item_id))
        .select_related("item")
        .annotate(undone=Subquery(back))
        .order_by("at", "id")
    )


def minutes_of(ids: Collection[int]) -> dict[int, int]:
    """The sums of these items by id, those without a line left out: one query, however many."""
    # The ids of what was merged come by their own index: with OR, the database reads every line of the shop.
    merged = WorkItem.objects.filter(merged_into_id__in=ids).order_by().values("pk")
    rows = (
        WorkMinutes.objects.filter(
            item_id__in=WorkItem.objects.filter(pk__in=ids).order_by().values("pk").union(merged, all=True)
        )
        .order_by()
        .annotate(of=Coalesce(F("item__merged_into_id"), F("item_id")))
        .values("of")
        .annotate(sum=Sum("minutes"))
    )
    return {row["of"]: row["sum"] for row in rows}


def minutes_here(reference: str = "pk") -> Combinable:
    """The sum of the item in an outer query, for pages that have the item to fetch anyway; None without a line."""
    own, of_merged = _sum_of(item=OuterRef(reference)), _sum_of(item__merged_into=OuterRef(reference))
    # Two sums by index: with OR, the database reads every line of the shop. Nothing and something is something.
    return Coalesce(own + of_merged, own, of_merged)


def _sum_of(**whose: OuterRef) -> Subquery:
    lines = WorkMinutes.objects.filter(**whose).order_by()
    sums = lines.annotate(all=Value(1)).values("all").annotate(sum=Sum("minutes", output_field=IntegerField()))
    return Subquery(sums.values("sum"), output_field=IntegerField())
