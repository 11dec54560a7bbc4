"""A moment in the customer's own zone and words (C.3, E.5)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.promise_text import moment_sentence
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer

# Countries with one time zone in which customers of shops in Bangladesh live, for work or near the border.
ZONE_OF_COUNTRY = {
    "AE": "Asia/Dubai", "BH": "Asia/Bahrain", "DE": "Europe/Berlin", "FR": "Europe/Paris", "GB": "Europe/London",
    "GR": "Europe/Athens", "IN": "Asia/Kolkata", "IT": "Europe/Rome", "JO": "Asia/Amman", "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul", "KW": "Asia/Kuwait", "LB": "Asia/Beirut", "LK": "Asia/Colombo", "MV": "Indian/Maldives",
    "MY": "Asia/Kuala_Lumpur", "NP": "Asia/Kathmandu", "OM": "Asia/Muscat", "PK": "Asia/Karachi", "QA": "Asia/Qatar",
    "SA": "Asia/Riyadh", "SG": "Asia/Singapore", "ZA": "Africa/Johannesburg",
}  # fmt: skip


def zone_of(customer: Customer | None, fallback: str) -> str:
    """The IANA zone in which the customer lives, as far as the phone number says; ``fallback`` where it does not.

    A number of a country with several zones, such as one of America, says nothing.
    """
    if customer is None:
        return fallback
    points = customer.contact_points.filter(kind=ContactKind.PHONE).order_by("-is_reachable", "-is_primary", "id")
    for value in points.values_list("value", flat=True)[:1]:
        try:
            country = phonenumbers.region_code_for_number(phonenumbers.parse(value, None))
        except phonenumbers.NumberParseException:
            continue
        return ZONE_OF_COUNTRY.get(country or "", fallback)
    return fallback


def told_time(at: datetime, *, item: WorkItem, language: str, zone: str = "") -> str:
    """``at`` as the customer reads it: "by Sunday, 22 November 2026, 10:30 am".

    Somebody who lives in another zone than the branch gets the own time, with its distance from UTC behind it. ``zone``
    is the customer's, when the caller knows it already (one query less).
    """
    zone = zone or zone_of(item.customer, item.branch.time_zone)
    sentence = moment_sentence(at, zone=zone, language=language)
    local, there = at.astimezone(ZoneInfo(zone)), at.astimezone(ZoneInfo(item.branch.time_zone))
    if local.utcoffset() == there.utcoffset():
        return sentence
    # %z is +0400; people write UTC+4 and UTC+5:30.
    sign, hours, minutes = local.strftime("%z")[0], int(local.strftime("%z")[1:3]), local.strftime("%z")[3:5]
    offset = f"UTC{sign}{hours}" + (f":{minutes}" if minutes != "00" else "")
    return f"{sentence} ({show_digits(offset, digits=Installation.current().digits_in(language))})"
