"""Who stands at the counter: found by phone or name, asked about where it is not clear, new where nobody is found."""

from dataclasses import dataclass

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import fold_digits
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.customers.privacy import shown_point
from halkhata.records.customers.selectors.search import search_customers

MOST = 8
NEW = "new"


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a text may mean. ``sure`` is the one customer it surely means; ``phone`` the number it is, in E.164."""

    offered: list[Customer]
    sure: Customer | None = None
    phone: str = ""


def phone_in(user: User, text: str) -> str:
    """The phone number a text is, in E.164; "" when it is none."""
    if sum(letter.isdigit() for letter in fold_digits(text)) < 6:
        return ""
    try:
        return parse_phone(text, region=user.branch.country).e164
    except DomainError:
        return ""


def who_is(user: User, text: str) -> Found:
    """Customers in the user's scope whom ``text`` (a phone number or a name) may mean."""
    phone = phone_in(user, text)
    if phone:
        holders = list(
            Customer.objects.visible_to(user)
            .active()
            .filter(contact_points__kind=ContactKind.PHONE, contact_points__value=phone)
            .prefetch_related("contact_points")
            .distinct()
            .order_by("pk")[:MOST]
        )
        return Found(holders, holders[0] if len(holders) == 1 else None, phone)
    return Found(search_customers(user, text, MOST))


def customer_seen(user: User, pk: str | None) -> Customer | None:
    """The customer of this id, if ``user`` sees them."""
    if not pk or not (pk.isascii() and pk.isdigit()) or len(pk) > 18:
        return None
    return Customer.objects.visible_to(user).active().prefetch_related("contact_points").filter(pk=pk).first()


def line_of(user: User, customer: Customer) -> str:
    """Name and first number, as the user may see it: so that two of one name can be told apart."""
    point = next(iter(customer.contact_points.all()), None)
    return " · ".join(filter(None, [str(customer), shown_point(user, point).text if point is not None else ""]))
