"""Countries an address may lie in, by ISO 3166 code, with their names in the reader's language."""

from functools import cache

from babel import Locale
from phonenumbers import SUPPORTED_REGIONS

HOME = "BD"


def country_name(code: str, language: str) -> str:
    """The country's name for an address; "" at home, where nobody writes it."""
    return "" if code == HOME else _names(language).get(code, code)


@cache
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """All countries as (code, name), home first, then by name."""
    names = _names(language)
    others = sorted((names[code], code) for code in SUPPORTED_REGIONS if code in names and code != HOME)
    return ((HOME, names[HOME]), *((code, name) for name, code in others))


@cache
def _names(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)
