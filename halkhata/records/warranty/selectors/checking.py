"""From what was typed into the one box to units with their verdicts: a serial number, or a phone number (US-13)."""

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.units import find_units, with_all
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.warranty.selectors.overview import UnitVerdict, verdicts

MOST = 10


def check(user: User, typed: str, limit: int = MOST) -> list[UnitVerdict]:
    """Units that ``user`` may see by number, serial number or the owner's phone, each with its verdict."""
    text = clean_text(typed, max_length=64)
    if not text:
        return []
    found = find_units(user, text, limit)
    if not found:
        found = _by_phone(user, text, limit)
    return verdicts(found)


def _by_phone(user: User, text: str, limit: int) -> list[Unit]:
    try:
        number = parse_phone(text).e164
    except DomainError:
        return []
    if not user.may("customer.view"):
        return []
    owners = Customer.objects.visible_to(user).filter(
        contact_points__kind=ContactKind.PHONE, contact_points__value=number
    )
    rows = Unit.objects.visible_to(user).filter(owner__in=owners.values("pk"))
    return list(with_all(rows).order_by("-sold_on", "-pk")[:limit])
