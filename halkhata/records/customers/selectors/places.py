"""Places of a country to choose from while an address is typed, in the order of the language."""

from django.utils.translation import get_language

from halkhata.foundation.core.bengali_order import sort_key
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.country_packs import DISTRICT, UPAZILA, pack_of


def names_of_places(country: str, level: str, within: str = "") -> list[str]:
    """The places of a level, in the reader's language and order; [] for a country without a pack."""
    pack = pack_of(country)
    if pack is None:
        return []
    language = (get_language() or "en").split("-")[0]
    return sorted((place.name(language) for place in pack.under(within, level)), key=sort_key)


def upazilas_of(country: str, district: str) -> list[str]:
    """The upazilas of a district as it was typed; [] while it says none."""
    pack = pack_of(country)
    found = pack.find(DISTRICT, clean_text(district, max_length=80)) if pack else None
    return names_of_places(country, UPAZILA, found.code) if found else []
