"""Who may be the same person as a customer, or as somebody who is being written down, as far as the reader may see."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.merging.book import people_of
from halkhata.records.customers.merging.candidates import Candidate, candidates_for, candidates_of
from halkhata.records.customers.merging.reasons import words_of
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.duplicates import DuplicateMatch
from halkhata.records.customers.selectors.search import search_customers

MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Nearby:
    """Somebody to choose, and why: ``percent`` is 0 for who was found by what was typed."""

    customer: Customer
    percent: int
    words: tuple[str, ...]


def look_for(user: User, customer: Customer, typed: str) -> list[Nearby]:
    """Who is found by what was typed; without a word, who looks like this customer."""
    text = clean_text(typed, max_length=100)
    if text:
        found = search_customers(user, text, limit=MOST_SHOWN)
        return [Nearby(one, 0, ()) for one in found if one.pk != customer.pk]
    (person,) = people_of([customer.pk])
    candidates = candidates_of(person, except_for=[customer.pk], limit=MOST_SHOWN)
    visible = _visible(user, candidates)
    return [
        Nearby(visible[one.customer_id], one.percent, tuple(words_of(one.reasons)))
        for one in candidates
        if one.customer_id in visible
    ]


def similar_to(
    user: User,
    *,
    names: Iterable[str],
    phones: Iterable[str],
    emails: Iterable[str],
    address: Mapping[str, str],
    known: Collection[int] = (),
    papers: Iterable[str] = (),
) -> list[DuplicateMatch]:
    """Who may be the person that is being written down, besides the ``known`` ones; strangers' customers are hidden."""
    candidates = candidates_for(names, phones, emails, address, except_for=known, papers=papers, limit=MOST_SHOWN)
    if not candidates:
        return []
    visible = _visible(user, candidates)
    everybody = (
        Customer.objects.select_related("organization", "branch")
        .prefetch_related("contact_points")
        .in_bulk([one.customer_id for one in candidates])
    )
    return [
        DuplicateMatch(
            everybody[one.customer_id], (), one.customer_id not in visible, one.percent, tuple(words_of(one.reasons))
        )
        for one in candidates
    ]


def _visible(user: User, candidates: list[Candidate]) -> dict[int, Customer]:
    ids = [one.customer_id for one in candidates]
    rows = Customer.objects.visible_to(user).select_related("branch").prefetch_related("contact_points")
    return {one.pk: one for one in rows.filter(pk__in=ids)}
