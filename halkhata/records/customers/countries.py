"""Countries an address may lie in, by ISO 3166 code, with their names in the reader's language."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from phonenumbers import SUPPORTED_REGIONS

from halkhata.foundation.core.bengali_order import by_label

HOME = "BD"


def country_name(code: str, language: str) -> str:
    """The country's name for an address; "" at home, where nobody writes it."""
    return "" if code == HOME else _names(language).get(code, code)


@cache
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """All countries as (code, name), home first, then by name."""
    names = _names(language)
    others = by_label((code, names[code]) for code in SUPPORTED_REGIONS if code in names and code != HOME)
    return ((HOME, names[HOME]), *others)


@cache
def _names(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The time zones in use in a country, by name; () for one that is not known."""
    territories = get_global("zone_territories")
    known = available_timezones()
    return tuple(sorted(zone for zone, where in territories.items() if where == country and zone in known))
