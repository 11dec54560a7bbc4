"""Reads customers out of the database as people to compare."""

from collections.abc import Collection, Iterator, Sequence

from halkhata.records.customers.choices import ContactKind, SearchKind
from halkhata.records.customers.merging.people import Person, fold_person
from halkhata.records.customers.models import Address, ContactPoint, Customer, ExternalId, SearchKey
from halkhata.records.customers.registry import unit_signs
from halkhata.records.customers.selectors.papers import has_papers

CHUNK = 2_000


def whole_book() -> Iterator[Person]:
    """Everybody who is not merged into another, by id, in six statements for each CHUNK."""
    last = 0
    while ids := list(
        Customer.objects.active().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        yield from people_between(ids)
        last = ids[-1]


def people_between(ids: Sequence[int]) -> list[Person]:
    """The customers with these ids, which lie close together: their rows are read by range."""
    first, last = ids[0], ids[-1]
    return _people(ids, {"customer__gte": first, "customer__lte": last}, {"pk__gte": first, "pk__lte": last}, True)


def people_of(ids: Collection[int], *, with_signs: bool = True) -> list[Person]:
    """The customers with these ids, in six statements. At most a few hundred.

    ``with_signs`` False leaves papers and units out, and their two statements: for comparing with who has none.
    """
    if not ids:
        return []
    return _people(list(ids), {"customer_id__in": ids}, {"pk__in": ids}, with_signs)


def _people(ids: Sequence[int], theirs: dict[str, object], own: dict[str, object], with_signs: bool) -> list[Person]:
    phones: dict[int, list[str]] = {}
    emails: dict[int, list[str]] = {}
    for holder, kind, value in (
        ContactPoint.objects.filter(**theirs).order_by("id").values_list("customer_id", "kind", "value")
    ):
        (phones if kind == ContactKind.PHONE else emails).setdefault(holder, []).append(value)
    places: dict[int, tuple[str, str, str, str]] = {}
    rows = Address.objects.filter(**theirs).order_by("id")
    for holder, line, landmark, upazila, district, post_code in rows.values_list(
        "customer_id", "line", "landmark", "upazila", "district", "post_code"
    ):
        places.setdefault(holder, (f"{line} {landmark}", upazila, district, post_code))
    foreign: dict[int, list[tuple[str, str]]] = {}
    for holder, system, value in ExternalId.objects.filter(**theirs).values_list("customer_id", "system", "value"):
        foreign.setdefault(holder, []).append((system, value))
    papers: dict[int, list[str]] = {}
    units: dict[int, list[str]] = {}
    if with_signs and has_papers():
        rows_of_papers = SearchKey.objects.filter(kind=SearchKind.PAPER, **theirs).order_by()
        for holder, key in rows_of_papers.values_list("customer_id", "key"):
            papers.setdefault(holder, []).append(key)
    if with_signs:
        for source in unit_signs:
            for holder, marks in source.marks_of(ids).items():
                units.setdefault(holder, []).extend(marks)
    wanted = set(ids)
    people = []
    for pk, name_bn, name_en in Customer.objects.filter(**own).order_by("pk").values_list("pk", "name_bn", "name_en"):
        if pk not in wanted:
            continue
        line, area, district, post_code = places.get(pk, ("", "", "", ""))
        people.append(
            fold_person(
                pk, names=(name_bn, name_en), phones=phones.get(pk, ()), emails=emails.get(pk, ()), line=line,
                area=area, district=district, post_code=post_code, identifiers=foreign.get(pk, ()),
                papers=papers.get(pk, ()), units=units.get(pk, ()),
            )
        )  # fmt: skip
    return people
