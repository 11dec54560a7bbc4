"""Pairs for people to look at: found in slices in the background, kept, decided. Nothing here merges anybody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.records.customers.merging.book import people_of
from halkhata.records.customers.merging.candidates import Candidate, candidates_of
from halkhata.records.customers.merging.comparing import Comparison
from halkhata.records.customers.merging.locking import lock_customers
from halkhata.records.customers.merging.pairing import ScoredPair
from halkhata.records.customers.merging.people import Person
from halkhata.records.customers.merging.reasons import stored
from halkhata.records.customers.models import (
    Customer,
    CustomerQuerySet,
    DuplicatePair,
    DuplicateSearch,
    PairState,
    customer_scope,
)
from halkhata.records.customers.selectors.keyset import Page
from halkhata.records.customers.services.papers import index_papers

SLICE_SECONDS = 1.0
"""How long one slice of a search works before it makes room for other jobs."""
_AT_ONCE = 50
# What was saved while the last search began may have been missed by it.
_OVERLAP = timedelta(minutes=5)


def keep_pairs(pairs: Iterable[ScoredPair]) -> int:
    """Store pairs for the review page; one that was decided stays decided. Returns how many were given."""
    rows = [
        DuplicatePair(
            first_id=pair.first,
            second_id=pair.second,
            score=pair.comparison.percent,
            reasons=stored(pair.comparison.reasons),
            found_at=now(),
        )
        for pair in pairs
    ]
    DuplicatePair.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["first", "second"], update_fields=["score", "reasons"]
    )
    return len(rows)


def say_different(*, actor: Any, one: Customer, other: Customer) -> DuplicatePair:
    """Two customers are two people: the pair is not proposed again. Raises PermissionRefused, NotFound."""
    with transaction.atomic():
        lock_customers(actor, [one.pk, other.pk])
        first, second = sorted((one.pk, other.pk))
        pair = DuplicatePair.objects.select_for_update().filter(first_id=first, second_id=second).first()
        if pair is None:
            raise NotFound("no_such_pair", _("These two were not found to look alike."))
        if pair.state == PairState.OPEN:
            pair.state, pair.decided_at = PairState.DIFFERENT, now()
            pair.decided_by = actor if isinstance(actor, User) else None
            pair.save(update_fields=["state", "decided_at", "decided_by"])
            trail.record(actor=actor, action="customer.not_double", record=one, after={"other": other.pk})
    return pair


def open_pairs(user: User, *, after: str | None = None, size: int = 25) -> Page[DuplicatePair]:
    """One page of pairs nobody has looked at, both of whom the user sees, the likeliest first."""
    rows = (
        DuplicatePair.objects.filter(state=PairState.OPEN)
        .filter(first__merged_into__isnull=True, second__merged_into__isnull=True)
        .filter(customer_scope(user, "first__"), customer_scope(user, "second__"))
        .select_related("first", "second")
        .prefetch_related("first__contact_points", "second__contact_points")
        .order_by("-score", "-id")
    )
    place = _place(after)
    if place is not None:
        score, pk = place
        rows = rows.filter(score__lte=score).exclude(score=score, pk__gte=pk)
    found = list(rows[: size + 1])
    older = f"{found[size - 1].score}-{found[size - 1].pk}" if len(found) > size else ""
    return Page(found[:size], older=older)


def latest_search() -> DuplicateSearch | None:
    """The search that began last."""
    return DuplicateSearch.objects.order_by("-started_at", "-id").first()


def begin_search(*, whole_book: bool) -> DuplicateSearch:
    """Note that a search begins now. What ``search_slice`` goes through is fixed by it."""
    return DuplicateSearch.objects.create(whole_book=whole_book, started_at=now())


def search_slice(search: DuplicateSearch, *, seconds: float = SLICE_SECONDS) -> bool:
    """Compare the next customers with the book and note how far it came. Returns whether anybody is left.

    Each customer is compared with whom the indexes bring near (candidates.py), so a search of the changed ones costs
    what changed and not what is there. A slice that was killed is done again: the same pairs are stored once.
    """
    ends = monotonic() + seconds
    rows = _to_search(search)
    while True:
        ids = list(rows.filter(pk__gt=search.reached).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
        if not ids:
            search.finished_at = now()
            search.save(update_fields=["finished_at"])
            return False
        # What an upgrade, a new field or an import brought counts from now on.
        index_papers(ids)
        pairs: dict[tuple[int, int], ScoredPair] = {}
        for person in people_of(ids):
            for candidate in candidates_of(person, except_for=[person.key]):
                pair = _pair(person, candidate)
                pairs[pair.first, pair.second] = pair
        with transaction.atomic():
            keep_pairs(pairs.values())
            search.reached = ids[-1]
            search.people += len(ids)
            search.found += len(pairs)
            search.save(update_fields=["reached", "people", "found"])
        if monotonic() > ends:
            return True


def _to_search(search: DuplicateSearch) -> CustomerQuerySet:
    active = Customer.objects.active()
    if search.whole_book:
        return active
    since = _searched_until(search)
    return active.filter(updated_at__gte=since) if since is not None else active


def _searched_until(search: DuplicateSearch) -> datetime | None:
    finished = DuplicateSearch.objects.filter(finished_at__isnull=False, pk__lt=search.pk)
    earlier = finished.order_by("-started_at").first()
    return earlier.started_at - _OVERLAP if earlier is not None else None


def _pair(person: Person, candidate: Candidate) -> ScoredPair:
    first, second = sorted((person.key, candidate.customer_id))
    return ScoredPair(first, second, Comparison(candidate.score, candidate.reasons))


def _place(after: str | None) -> tuple[int, int] | None:
    score, dash, pk = (after or "").partition("-")
    if not (dash and score.isascii() and score.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    return (int(score), int(pk)) if len(score) <= 3 and len(pk) <= 18 else None
