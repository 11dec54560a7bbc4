"""Members who came, or went, by the list: an import brings hundreds at a time and tells of them at once (A54.3)."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from halkhata.engines.segments.compiling import condition_fields, readable
from halkhata.engines.segments.events import SegmentEntered
from halkhata.engines.segments.models import Segment, SegmentDoubt, SegmentMember, SegmentState
from halkhata.engines.segments.registry import all_fields
from halkhata.engines.segments.selectors.segments import customers_fitting
from halkhata.foundation.core.outbox import publish_all
from halkhata.records.catalog.days import today
from halkhata.records.customers.models import Customer


def place_newcomers(customer_ids: Sequence[int]) -> int:
    """Put those of these new customers who fit into their segments. Returns how many memberships began.

    A few statements for each segment, none of which reads another customer's rows. Who is a member already stays one.
    """
    segments = list(Segment.objects.there().order_by("pk"))
    if not segments or not customer_ids:
        return 0
    known, day, begun = condition_fields(all_fields()), today(), 0
    with transaction.atomic():
        # As for one customer: another event of theirs waits, and then sees what was written here.
        held = Customer.objects.select_for_update().filter(pk__in=customer_ids).order_by("pk")
        there = list(held.values_list("pk", flat=True))
        for segment in segments:
            tree = readable(segment.conditions, known)
            if tree is None:
                continue
            fitting = customers_fitting(tree, at=day, among=there).values_list("pk", flat=True)
            begun += _enter(segment, list(fitting))
            if segment.state == SegmentState.BUILDING:
                doubts = [SegmentDoubt(segment=segment, customer_id=pk) for pk in there]
                SegmentDoubt.objects.bulk_create(doubts, ignore_conflicts=True)
    return begun


def _enter(segment: Segment, fitting: list[int]) -> int:
    members = SegmentMember.objects.filter(segment=segment, customer_id__in=fitting)
    new = sorted(set(fitting) - set(members.values_list("customer_id", flat=True)))
    if new:
        SegmentMember.objects.bulk_create(
            SegmentMember(segment=segment, customer_id=pk, generation=segment.generation) for pk in new
        )
        Segment.objects.filter(pk=segment.pk).update(member_count=F("member_count") + len(new))
        publish_all([SegmentEntered(segment_id=segment.pk, customer_id=pk) for pk in new])
    return len(new)


def count_members_again() -> int:
    """After an import was taken back, whose customers left with all of theirs. Returns how many counts changed."""
    changed = 0
    for segment in Segment.objects.filter(state=SegmentState.READY).order_by("pk"):
        with transaction.atomic():
            Segment.objects.select_for_update().get(pk=segment.pk)
            count = SegmentMember.objects.filter(segment=segment).count()
            changed += Segment.objects.filter(pk=segment.pk).exclude(member_count=count).update(member_count=count)
    return changed
