"""Keeping members right: one customer at a time by events, all at once only when the conditions themselves are new."""

from array import array
from datetime import date

from django.db import transaction
from django.db.models import F

from halkhata.engines.segments.compiling import condition_fields, crossing, is_relative, readable
from halkhata.engines.segments.events import SegmentEntered, SegmentLeft
from halkhata.engines.segments.models import Segment, SegmentDoubt, SegmentMember, SegmentState
from halkhata.engines.segments.registry import Asking, all_fields
from halkhata.engines.segments.selectors.segments import customers_fitting
from halkhata.engines.segments.selectors.truth import lines_true_of
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.fields.conditions.tree import RELATIVE, Group, combine, lines_of
from halkhata.records.catalog.days import today
from halkhata.records.customers.models import Customer

CHUNK = 1_000


def review_customer(customer_id: int | None, *, only: Segment | None = None) -> int:
    """Ask of one customer which segments fit, and write down what changed. Returns how many memberships changed.

    What handlers of any app call when something changed that a segment may ask about. A handful of statements whatever
    the number of customers; none of them reads another customer's rows.
    """
    if customer_id is None:
        return 0
    segments = [only] if only is not None else list(Segment.objects.there().order_by("pk"))
    if not segments:
        return 0
    fields = all_fields()
    known = condition_fields(fields)
    trees: dict[int, Group] = {}
    for segment in segments:
        tree = readable(segment.conditions, known)
        if tree is not None:
            trees[segment.pk] = tree
    asking = Asking(today=today(), for_one=True)
    with transaction.atomic():
        # Two events of one customer at once: the second looks when the first is done, and so sees what it wrote.
        held = Customer.objects.select_for_update().filter(pk=customer_id).values_list("pk", flat=True).first()
        truth = None
        if held is not None:
            lines = [line for tree in trees.values() for line in lines_of(tree)]
            truth = lines_true_of(customer_id, lines, fields, asking)
        inside = dict(
            SegmentMember.objects.filter(customer_id=customer_id, segment_id__in=trees).values_list("segment_id", "pk")
        )
        changed = 0
        for segment in segments:
            if segment.pk not in trees:
                continue
            fits = truth is not None and combine(trees[segment.pk], truth)
            changed += _note(segment, customer_id, fits=fits, member_id=inside.get(segment.pk))
            if segment.state == SegmentState.BUILDING and held is not None:
                SegmentDoubt.objects.bulk_create(
                    [SegmentDoubt(segment=segment, customer_id=customer_id)], ignore_conflicts=True
                )
    return changed


def _note(segment: Segment, customer_id: int, *, fits: bool, member_id: int | None) -> int:
    if fits == (member_id is not None):
        return 0
    if fits:
        SegmentMember.objects.create(segment=segment, customer_id=customer_id, generation=segment.generation)
        Segment.objects.filter(pk=segment.pk).update(member_count=F("member_count") + 1)
        publish(SegmentEntered(segment_id=segment.pk, customer_id=customer_id))
    else:
        SegmentMember.objects.filter(segment=segment, customer_id=customer_id).delete()
        Segment.objects.filter(pk=segment.pk, member_count__gt=0).update(member_count=F("member_count") - 1)
        publish(SegmentLeft(segment_id=segment.pk, customer_id=customer_id))
    return 1


def build(segment_id: int) -> int:
    """Find all members of a segment whose conditions are new. Returns how many there are.

    In pieces, each a transaction of its own, so that nobody waits; started again after a kill, it does it all again and
    ends the same. Who changed meanwhile was noted (SegmentDoubt) and is looked at once more at the end.
    """
    with transaction.atomic():
        segment = Segment.objects.there().select_for_update().filter(pk=segment_id).first()
        if segment is None:
            return 0
        segment.generation += 1
        segment.state = SegmentState.BUILDING
        segment.save(update_fields=["generation", "state"])
    tree = readable(segment.conditions, condition_fields(all_fields()))
    day = today()
    if tree is not None:
        # Read in one go, eight bytes each: piece by piece, conditions on other tables would be computed anew each time.
        found = array("q", customers_fitting(tree, at=day).order_by().values_list("pk", flat=True).iterator(CHUNK))
        for start in range(0, len(found), CHUNK):
            if not _write_members(segment, found[start : start + CHUNK].tolist()):
                return 0
        _drop_older(segment)
    _look_again(segment)
    with transaction.atomic():
        # Only the newest building may end it: conditions may have changed once more meanwhile.
        current = Segment.objects.select_for_update().filter(pk=segment_id, generation=segment.generation).first()
        if current is None:
            return 0
        _look_again(current)
        current.member_count = SegmentMember.objects.filter(segment=current).count()
        current.state, current.built_at, current.followed_on = SegmentState.READY, now(), day
        current.save(update_fields=["member_count", "state", "built_at", "followed_on"])
    return current.member_count


def _write_members(segment: Segment, ids: list[int]) -> bool:
    """Write a piece of the members; False when a newer building has begun, whose members an older must not touch."""
    with transaction.atomic():
        if not Segment.objects.select_for_update().filter(pk=segment.pk, generation=segment.generation).exists():
            return False
        SegmentMember.objects.bulk_create(
            [SegmentMember(segment=segment, customer_id=pk, generation=segment.generation) for pk in ids],
            update_conflicts=True,
            unique_fields=["segment", "customer"],
            update_fields=["generation"],
        )
    return True


def _drop_older(segment: Segment) -> None:
    older = SegmentMember.objects.filter(segment=segment, generation__lt=segment.generation)
    while ids := list(older.values_list("pk", flat=True)[:CHUNK]):
        SegmentMember.objects.filter(pk__in=ids).delete()


def _look_again(segment: Segment) -> None:
    doubts = SegmentDoubt.objects.filter(segment=segment).order_by("pk")
    while noted := list(doubts.values_list("pk", "customer_id")[:CHUNK]):
        for _pk, customer_id in noted:
            review_customer(customer_id, only=_as_ready(segment))
        SegmentDoubt.objects.filter(pk__in=[pk for pk, _customer_id in noted]).delete()


def _as_ready(segment: Segment) -> Segment:
    """The same segment for a review that must not note a new doubt."""
    settled = Segment.objects.get(pk=segment.pk)
    settled.state = SegmentState.READY
    return settled


def remove(segment_id: int) -> None:
    """Take a removed segment's members away in pieces, so that nobody waits, and at last the segment itself."""
    gone = Segment.objects.filter(pk=segment_id, state=SegmentState.GOING)
    for held in (SegmentMember.objects.filter(segment__in=gone), SegmentDoubt.objects.filter(segment__in=gone)):
        while ids := list(held.values_list("pk", flat=True)[:CHUNK]):
            held.model._default_manager.filter(pk__in=ids).delete()
    gone.delete()


def follow_days() -> int:
    """Review whom the passing of days alone may have moved in or out of a segment. Returns how many were reviewed.

    Only those whose date crossed an end of the window since it was last followed: two stretches of an index for each
    relative line, not a rescan. Those merged into another leave, too.
    """
    known, day, reviewed = condition_fields(all_fields()), today(), 0
    for segment in Segment.objects.filter(state=SegmentState.READY).order_by("pk"):
        tree = readable(segment.conditions, known)
        if tree is None:
            continue
        merged = SegmentMember.objects.filter(segment=segment, customer__merged_into__isnull=False)
        people = set(merged.values_list("customer_id", flat=True)[:CHUNK])
        if is_relative(tree) and segment.followed_on is not None and segment.followed_on < day:
            people |= _crossed(tree, segment.followed_on, day)
        for customer_id in sorted(people):
            review_customer(customer_id, only=segment)
        Segment.objects.filter(pk=segment.pk, generation=segment.generation).update(followed_on=day)
        reviewed += len(people)
    return reviewed


def _crossed(tree: Group, since: date, until: date) -> set[int]:
    fields = all_fields()
    found: set[int] = set()
    for line in lines_of(tree):
        if line.op in RELATIVE:
            where = crossing(line, fields[line.field], since=since, until=until)
            found |= set(Customer.objects.active().filter(where).values_list("pk", flat=True))
    return found
