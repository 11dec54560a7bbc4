"""Who may be the person that is being written down: asked by forms, import, inbound messages and the nightly search."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from halkhata.records.customers.choices import ContactKind, SearchKind
from halkhata.records.customers.merging.book import people_of
from halkhata.records.customers.merging.comparing import Reason, compare
from halkhata.records.customers.merging.pairing import POSSIBLE
from halkhata.records.customers.merging.people import Person, fold_person, national
from halkhata.records.customers.models import ContactPoint, Customer, ExternalId, SearchKey
from halkhata.records.customers.registry import unit_signs
from halkhata.records.customers.selectors.prefix import prefix_condition

# How many customers one mark may bring; a mark of more people tells nothing by itself.
MOST_BY_MARK = 100
MOST_COMPARED = 150
_TAIL_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer who may be the same person. ``score`` is the chance of it, 0 to 1, from what is known of both."""

    customer_id: int
    score: float
    reasons: tuple[Reason, ...]

    @property
    def percent(self) -> int:
        """The score in whole per cent, never rounded up to certainty."""
        return min(99, round(self.score * 100))


def candidates_for(
    names: Iterable[str] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    address: Mapping[str, str] | None = None,
    *,
    identifiers: Iterable[tuple[str, str]] = (),
    papers: Iterable[str] = (),
    except_for: Collection[int] = (),
    threshold: float = POSSIBLE,
    limit: int = 10,
) -> list[Candidate]:
    """Customers who may be this person, the likeliest first. Who asks has to hide those outside the reader's scope.

    ``phones`` are E.164, ``emails`` normalised; ``address`` has the fields of an address (line, landmark, upazila,
    district, post_code); ``papers`` are marks (services/papers.py). At most fifteen statements, each bounded by its
    index; nobody is found by district alone.
    """
    place = address or {}
    person = fold_person(
        0,
        names=names,
        phones=phones,
        emails=emails,
        line=f"{place.get('line', '')} {place.get('landmark', '')}",
        area=place.get("upazila", ""),
        district=place.get("district", ""),
        post_code=place.get("post_code", ""),
        identifiers=identifiers,
        papers=papers,
    )
    return candidates_of(person, except_for=except_for, threshold=threshold, limit=limit)


def candidates_of(
    person: Person, *, except_for: Collection[int] = (), threshold: float = POSSIBLE, limit: int = 10
) -> list[Candidate]:
    """The same for a person who is folded already."""
    near = _near(person)
    for pk in except_for:
        near.pop(pk, None)
    likely = [pk for pk, _marks in near.most_common(MOST_COMPARED)]
    active = list(Customer.objects.active().filter(pk__in=likely).values_list("pk", flat=True))
    found = []
    for other in people_of(active, with_signs=bool(person.papers or person.units)):
        comparison = compare(person, other)
        if comparison.score >= threshold:
            found.append(Candidate(other.key, comparison.score, comparison.reasons))
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.customer_id))[:limit]


def _near(person: Person) -> Counter[int]:
    """Customers with a mark in common, by how many: from the indexes of contact points and search keys."""
    found: Counter[int] = Counter()
    for kind, values in ((ContactKind.PHONE, person.phones), (ContactKind.EMAIL, person.emails)):
        if values:
            points = ContactPoint.objects.filter(kind=kind, value__in=values, customer__isnull=False)
            # The same number or address is the strongest mark there is: it is compared before all others.
            _add(found, points.order_by().values_list("customer_id", flat=True)[:MOST_BY_MARK], weight=100)
    if person.identifiers:
        same = Q()
        for system, value in person.identifiers:
            same |= Q(system=system, key=value)
        _add(found, ExternalId.objects.filter(same).values_list("customer_id", flat=True)[:MOST_BY_MARK], weight=100)
    if person.papers:
        _add(found, _keys(Q(kind=SearchKind.PAPER, key__in=person.papers)), weight=100)
    if person.units:
        for source in unit_signs:
            _add(found, source.holders(person.units), weight=100)
    if person.phones:
        halves = Q()
        for phone in person.phones:
            halves |= Q(kind=SearchKind.TAIL) & prefix_condition("key", phone.lstrip("+")[::-1][:_TAIL_DIGITS])
            halves |= Q(kind=SearchKind.DIGITS) & prefix_condition("key", national(phone)[:_TAIL_DIGITS])
        _add(found, _keys(halves))
    locals_ = [email.partition("@")[0] for email in person.emails]
    if locals_:
        beginnings = Q()
        for local in locals_:
            beginnings |= Q(kind=SearchKind.EMAIL) & prefix_condition("key", f"{local}@")
        _add(found, _keys(beginnings))
    _add_by_sound(found, sorted(person.sounds)[:4])
    return found


def _add_by_sound(found: Counter[int], sounds: list[str]) -> None:
    """Whoever has a rare word of the name, or two common ones."""
    common = []
    for sound in sounds:
        holders = list(_keys(Q(kind=SearchKind.SOUND, key=sound)))
        if len(holders) < MOST_BY_MARK:
            _add(found, holders)
        else:
            common.append(sound)
    if len(common) > 1:
        others = SearchKey.objects.filter(kind=SearchKind.SOUND, key=common[1]).order_by().values("customer_id")
        both = SearchKey.objects.filter(kind=SearchKind.SOUND, key=common[0], customer_id__in=others).order_by()
        _add(found, both.values_list("customer_id", flat=True)[:MOST_BY_MARK], weight=2)


def _keys(condition: Q) -> Iterable[int]:
    return SearchKey.objects.filter(condition).order_by().values_list("customer_id", flat=True)[:MOST_BY_MARK]


def _add(found: Counter[int], customer_ids: Iterable[int], *, weight: int = 1) -> None:
    for customer_id in customer_ids:
        found[customer_id] += weight
