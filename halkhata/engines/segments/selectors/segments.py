"""Reading segments: who is in one, how many would be, and why somebody is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import QuerySet

from halkhata.engines.segments.compiling import condition_fields, condition_of, fields_named, readable
from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.segments.policies import fields_open_to
from halkhata.engines.segments.registry import Asking, SegmentField, all_fields
from halkhata.engines.segments.selectors.truth import Why, lines_true_of, why
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.fields.conditions.tree import MODE_LABELS, ConditionField, Group, Line, lines_of
from halkhata.foundation.fields.conditions.words import line_in_words, tree_in_words
from halkhata.foundation.fields.selectors.values import DOTS
from halkhata.records.catalog.days import today
from halkhata.records.customers.models import Customer


def customers_fitting(
    tree: Group, *, user: User | None = None, at: date | None = None, among: Sequence[int] | None = None
) -> "QuerySet[Customer]":
    """The customers of whom the conditions are true now, computed; inside the user's scope.

    ``among`` these few only: then each table is probed for them and not read for everybody.
    """
    rows = Customer.objects.active()
    if user is not None:
        rows = rows.filter(pk__in=Customer.objects.visible_to(user)) if user.role.scope != Scope.ALL else rows
    if among is not None:
        rows = rows.filter(pk__in=among)
    return rows.filter(condition_of(tree, all_fields(), Asking(today=at or today(), for_one=among is not None)))


def count_fitting(tree: Group, user: User) -> int:
    """How many customers of the user's scope the conditions fit: the live count."""
    return customers_fitting(tree, user=user).count()


def member_page(
    segment: Segment, user: User, *, before: int | None = None, size: int = 25
) -> tuple[list[Customer], int]:
    """One page of the members with the id to go on from; 0 at the end. Two statements."""
    found = SegmentMember.objects.filter(segment=segment)
    if before is not None:
        found = found.filter(customer_id__lt=before)
    if user.role.scope != Scope.ALL:
        found = found.filter(customer__in=Customer.objects.visible_to(user))
    ids = list(found.order_by("-customer_id").values_list("customer_id", flat=True)[: size + 1])
    shown = ids[:size]
    people = {
        one.pk: one
        for one in Customer.objects.filter(pk__in=shown)
        .select_related("organization", "branch")
        .prefetch_related("contact_points")
    }
    return [people[pk] for pk in shown if pk in people], shown[-1] if len(ids) > size else 0


def segments_of(customer: Customer) -> list[Segment]:
    """The segments a customer is in."""
    return by_name(Segment.objects.there().filter(members__customer=customer).order_by("pk"))


def explain_membership(
    segment: Segment, customer: Customer, *, open_fields: Mapping[str, SegmentField] | None = None
) -> Why | None:
    """The conditions with an answer at each line, for one customer; None when the conditions cannot be read.

    What is asked of fields outside ``open_fields`` (``fields_open_to``) is not told, nor how it is answered.
    """
    fields = all_fields()
    known = condition_fields(fields)
    tree = readable(segment.conditions, known)
    if tree is None:
        return None
    lines = list(lines_of(tree))
    truth = lines_true_of(customer.pk, lines, fields, Asking(today=today(), for_one=True))
    if truth is None:
        return None
    shown = fields if open_fields is None else open_fields
    words = {line: _in_words(line, known, shown) for line in lines}
    hidden = {line for line in lines if line.field not in shown}
    return why(tree, truth, words, {mode: str(label) for mode, label in MODE_LABELS.items()}, hidden)


def conditions_in_words(segments: Iterable[Segment], reader: User) -> dict[int, list[str] | None]:
    """The conditions of each segment in words, top to bottom, by its id; None when a field is out of use."""
    segments, shown = list(segments), fields_open_to(reader)
    # Only what is asked about: the choices of the others would cost statements for nothing.
    asked = {code for segment in segments for code in fields_named(segment.conditions)}
    known = condition_fields({code: one for code, one in all_fields().items() if code in asked})
    trees = {segment.pk: readable(segment.conditions, known) for segment in segments}
    return {
        pk: None if tree is None else tree_in_words(tree, lambda line: _in_words(line, known, shown))
        for pk, tree in trees.items()
    }


def _in_words(line: Line, known: Mapping[str, ConditionField], shown: Mapping[str, SegmentField]) -> str:
    return line_in_words(line, known) if line.field in shown else f"{known[line.field].label} {DOTS}"
