"""Segments as a condition of promises and escalation (A51.1, A52.11): what ``engines/work`` may ask of them."""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.work.models import EscalationRule, SlaPolicy, WorkItem
from halkhata.engines.work.registry import ItemFacts, PromiseCondition, item_facts, promise_conditions
from halkhata.foundation.core.bengali_order import by_name

SEGMENT = "segment"


def register() -> None:
    """Tell the work engine what may be asked, and who answers."""
    promise_conditions.register(
        SEGMENT,
        PromiseCondition(
            code=SEGMENT, label=_("Customer segments"), order=70, choices=segment_choices, words=segment_names,
            is_number=True, permission="report.view",
        ),
    )  # fmt: skip
    item_facts.register("segments", ItemFacts(codes=frozenset({SEGMENT}), of_customer=True, read=segments_of_items))


def segment_choices() -> list[tuple[str, str]]:
    """Segments nobody has removed, by name."""
    return [(str(row.pk), row.name) for row in by_name(Segment.objects.there())]


def segment_names(ids: Collection[Any]) -> dict[Any, str]:
    """What segments are called, by id; also those on their way out."""
    return {row.pk: row.name for row in Segment.objects.filter(pk__in=ids)}


def segments_of_items(items: Sequence[WorkItem]) -> dict[int, dict[str, list[int]]]:
    """The segments that the customers of these items are in now: one statement, none without customers."""
    people = {item.customer_id for item in items if item.customer_id is not None}
    inside: dict[int, list[int]] = {}
    if people:
        rows = SegmentMember.objects.filter(customer_id__in=people, segment__in=Segment.objects.there())
        for customer_id, segment_id in rows.order_by("segment_id").values_list("customer_id", "segment_id"):
            inside.setdefault(customer_id, []).append(segment_id)
    return {item.pk: {SEGMENT: inside.get(item.customer_id, [])} for item in items if item.customer_id is not None}


def asks_for(segment: Segment) -> str:
    """The promise or step that asks for this segment, in words; "" when none does."""
    for policy in SlaPolicy.objects.filter(is_default=False).order_by("position", "pk"):
        if segment.pk in policy.conditions.get(SEGMENT, ()):
            return str(_("the promise “%(name)s”") % {"name": policy.name})
    if EscalationRule.objects.filter(segment=segment.pk).exists():
        return str(_("a step of the escalation"))
    return ""
