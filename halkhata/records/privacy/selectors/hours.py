"""On which clock a customer lives (E.5): what they said, their address, their number, the company."""

from dataclasses import dataclass
from datetime import time

import phonenumbers

from halkhata.foundation.core.models import Installation
from halkhata.records.customers.countries import zones_of
from halkhata.records.customers.models import Address
from halkhata.records.privacy.models import ContactHours
from halkhata.records.privacy.selectors.family import family_of


@dataclass(frozen=True, slots=True)
class Clock:
    """``zones``: where the customer may be, several when only a country of several is known. ``source``: how we know:
    "explicit", "address", "phone" or "company". ``wish``: the hours they asked for."""

    zones: tuple[str, ...]
    source: str
    wish: tuple[time, time] | None = None


def hours_of(customer_id: int | None) -> ContactHours | None:
    """What was written down for the customer: on their own row, else on one that was merged into it."""
    if not customer_id:
        return None
    ids = family_of(customer_id)
    rows = {row.customer_id: row for row in ContactHours.objects.filter(customer_id__in=ids)}
    return next((rows[pk] for pk in ids if pk in rows), None)


def clock_of(customer_id: int | None, *, phone: str = "") -> Clock:
    """The customer's clock for a text to ``phone`` (E.164). Somebody unknown has that of the number's country."""
    said = hours_of(customer_id)
    wish = (said.earliest, said.latest) if said and said.earliest is not None and said.latest is not None else None
    if said and said.time_zone:
        return Clock((said.time_zone,), "explicit", wish)
    country = _country_of_address(customer_id)
    if zones := zones_of(country):
        return Clock(zones, "address", wish)
    if zones := zones_of(phone_country(phone)):
        return Clock(zones, "phone", wish)
    return Clock((Installation.current().time_zone,), "company", wish)


def phone_country(phone: str) -> str:
    """The country (ISO 3166) of a number in E.164; "" for a number of no country."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return ""
    return region if region and region.isalpha() and region != "ZZ" else ""


def _country_of_address(customer_id: int | None) -> str:
    """ "" while nothing of an address is known: its country is only where the form begins."""
    if not customer_id:
        return ""
    written = Address.objects.filter(customer_id__in=family_of(customer_id)).order_by("pk")
    for row in written:
        if row.country and (str(row) or row.country != Installation.current().country):
            return row.country
    return ""
