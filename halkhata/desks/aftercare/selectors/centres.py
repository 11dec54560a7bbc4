"""Service centres: the list, and those nearest to a customer (A53.13)."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from halkhata.desks.aftercare.models import ServiceCentre
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.country_packs import pack_of, place_name, read_place
from halkhata.records.customers.models import Address, Customer

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody is, as far as it is known: codes of the country pack."""

    upazila: str = ""
    district: str = ""
    division: str = ""

    def __bool__(self) -> bool:
        return bool(self.district)


@dataclass(frozen=True, kw_only=True)
class Near:
    """A centre and how near it is: "upazila", "district", "division"."""

    centre: ServiceCentre
    near: str


def division_of(country: str, district_code: str) -> str:
    """The division a district lies in; "" where no pack says it."""
    pack = pack_of(country) if district_code else None
    place = pack.places.get(district_code) if pack else None
    return place.parent if place else ""


def spot_of(customer: Customer | None) -> Spot:
    """Where the customer lives, by the first address with a known place. One query."""
    if customer is None:
        return Spot()
    row = Address.objects.filter(customer=customer).exclude(district_code="").order_by("pk").first()
    if row is None:
        return Spot()
    return Spot(row.upazila_code, row.district_code, division_of(row.country, row.district_code))


def spot_named(district: str, upazila: str = "", country: str = "BD") -> Spot:
    """The place that typed names mean; nothing where they mean none or several."""
    read = read_place(country, district, upazila)
    return Spot(read.upazila_code, read.district_code, division_of(country, read.district_code))


def serving(rows: QuerySet[ServiceCentre], *, brand_id: int | None, kind_id: int | None) -> QuerySet[ServiceCentre]:
    """Those that serve the brand and the kind; a centre that names none serves all."""
    if brand_id is not None:
        rows = rows.filter(Q(brands__isnull=True) | Q(brands=brand_id))
    if kind_id is not None:
        rows = rows.filter(Q(kinds__isnull=True) | Q(kinds=kind_id))
    return rows.distinct()


def nearest(spot: Spot, *, brand_id: int | None = None, kind_id: int | None = None, limit: int = SHOWN) -> list[Near]:
    """Centres near a place: first those of its upazila, then of its district, then of its division. Three queries."""
    if not spot:
        return []
    rows = ServiceCentre.objects.filter(is_active=True, division_code=spot.division)
    if not spot.division:
        rows = ServiceCentre.objects.filter(is_active=True, district_code=spot.district)
    found = [
        Near(centre=one, near=_near(one, spot))
        for one in serving(rows, brand_id=brand_id, kind_id=kind_id)
        .select_related("branch")
        .prefetch_related("brands", "kinds")
    ]
    order = {"upazila": 0, "district": 1, "division": 2}
    return sorted(found, key=lambda one: (order[one.near], one.centre.pk))[:limit]


def _near(centre: ServiceCentre, spot: Spot) -> str:
    if spot.upazila and centre.upazila_code == spot.upazila:
        return "upazila"
    return "district" if centre.district_code == spot.district else "division"


def nearest_for(customer: Customer | None, unit: Unit | None = None, limit: int = SHOWN) -> list[Near]:
    """Centres near a customer that serve a unit's brand and kind. A fixed number of queries."""
    brand_id = unit.product.brand_id if unit is not None else None
    kind_id = unit.product.kind_id if unit is not None else None
    return nearest(spot_of(customer), brand_id=brand_id, kind_id=kind_id, limit=limit)


def public_centres(
    *, district_code: str = "", brand_id: int | None = None, kind_id: int | None = None
) -> QuerySet[ServiceCentre]:
    """What customers are shown. Three queries with what belongs to each."""
    rows = ServiceCentre.objects.filter(is_active=True, is_public=True)
    if district_code:
        rows = rows.filter(district_code=district_code)
    rows = serving(rows, brand_id=brand_id, kind_id=kind_id)
    return rows.prefetch_related("brands", "kinds").order_by("division_code", "district", "upazila", "pk")


def districts_served(language: str) -> list[tuple[str, str]]:
    """Districts with a centre that customers are shown: code and name, by name. One query."""
    rows = ServiceCentre.objects.filter(is_active=True, is_public=True).exclude(district_code="").order_by()
    found = {code: place_name(country, code, language) or code for code, country in
             rows.values_list("district_code", "country").distinct()}  # fmt: skip
    return sorted(found.items(), key=lambda one: one[1])


def numbers_of_centres() -> QuerySet[ServiceCentre, str]:
    """The numbers that stand on the page for customers, as rows that are read with other numbers."""
    return ServiceCentre.objects.filter(is_active=True, is_public=True).values_list("phone", flat=True)
