"""What will come of a merge, before anybody has said yes."""

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from halkhata.records.customers.merging.book import people_of
from halkhata.records.customers.merging.comparing import Comparison, compare
from halkhata.records.customers.merging.fields import FieldChoice, choices_for
from halkhata.records.customers.merging.rows import links_that_move
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import merge_participants


@dataclass(frozen=True, slots=True)
class MovingRows:
    """How many rows of one kind go to the survivor."""

    label: Any
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The two, how sure it is, each field, what moves, what else comes of it."""

    survivor: Customer
    merged: Customer
    comparison: Comparison
    fields: list[FieldChoice]
    moving: list[MovingRows] = field(default_factory=list)
    sentences: list[Any] = field(default_factory=list)

    @property
    def open_fields(self) -> list[FieldChoice]:
        """Those where there is something to choose."""
        return [line for line in self.fields if line.is_open]


def preview_merge(survivor: Customer, merged: Customer) -> Preview:
    """The preview; what moves is counted in one statement."""
    one, other = sorted(people_of([survivor.pk, merged.pk]), key=lambda person: person.key != survivor.pk)
    sentences: list[Any] = []
    for _code, participant in sorted(merge_participants.items(), key=lambda entry: entry[1].order):
        if participant.preview is not None:
            sentences += participant.preview(survivor, merged)
    return Preview(survivor, merged, compare(one, other), choices_for(survivor, merged), moving_rows(merged), sentences)


def moving_rows(customer: Customer) -> list[MovingRows]:
    """How many rows of each kind that has a name move away from this customer."""
    named = [link for link in links_that_move() if link.label]
    counts = {
        f"rows{position}": Coalesce(
            Subquery(
                apps.get_model(link.model_label)
                ._base_manager.filter(**{link.field: OuterRef("pk")})
                .order_by()
                .values(link.field)
                .annotate(found=Count("pk"))
                .values("found")
            ),
            0,
        )
        for position, link in enumerate(named)
    }
    found: Any = Customer.objects.filter(pk=customer.pk).values(**counts).get() if counts else {}
    rows = [MovingRows(link.label, found[f"rows{position}"]) for position, link in enumerate(named)]
    return [line for line in rows if line.count]
