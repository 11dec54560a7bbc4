"""A sale at the counter: whoever buys is written down in the same transaction as the sale (US-05)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog import policies
from halkhata.records.catalog.identifiers import read_identifiers
from halkhata.records.catalog.models import Purchase
from halkhata.records.catalog.selectors.who import phone_in
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.catalog.services.units import find_taken, taken_error
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.customers.services.locking import lock_values

ANOTHER_PERSON = "buyer says: another person with the same number"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A buyer who is not in the book yet: phone and name in either order."""

    who: str
    also: str = ""
    is_another_person: bool = False


def write_down(*, actor: User, newcomer: Newcomer, serials: Iterable[str] = ()) -> Customer:
    """The newcomer as a customer; who owns a unit with one of the ``serials`` may be the same person.

    Raises what ``create_customer`` raises, and PhoneError for a number that is none.
    """
    phone, name = phone_in(actor, newcomer.who), newcomer.also
    if not phone:
        phone, name = phone_in(actor, newcomer.also), newcomer.who
        if clean_text(newcomer.also) and not phone:
            raise DomainError("no_phone", _("Write the phone number here: the name stands above."), field="also")
    return create_customer(
        actor=actor,
        name_bn=name,
        phones=[phone] if phone else [],
        confirm_duplicate=ANOTHER_PERSON if newcomer.is_another_person else "",
        serials=serials,
    )


def sell_at_counter(
    *,
    actor: User,
    customer: Customer | None,
    newcomer: Newcomer | None,
    line: NewLine,
    bought_on: date,
    memo: str = "",
    key: str = "",
) -> Purchase:
    """Record the sale of one product to a customer, who is written down first where there is none.

    Raises what ``record_purchase`` and ``create_customer`` raise; then neither sale nor customer is written.
    """
    policies.require(actor, policies.SELL)
    with transaction.atomic():
        if key:
            lock_values([f"sale:{key}"])
            known = Purchase.objects.filter(key=key).first()
            if known is not None:
                return known
        buyer = customer
        if buyer is None:
            if newcomer is None:
                raise DomainError("no_customer", _("Write the customer's phone number or name."), field="who")
            _refuse_owned(actor, line)
            buyer = write_down(actor=actor, newcomer=newcomer, serials=(line.identifiers or {}).values())
        return record_purchase(
            actor=actor, customer=buyer, branch=actor.branch, lines=[line], bought_on=bought_on, memo=memo, key=key
        )


def _refuse_owned(actor: User, line: NewLine) -> None:
    """What somebody owns is not sold again; that is said before anybody is asked whether the buyer is that person."""
    if not line.identifiers:
        return
    read = read_identifiers(line.product.kind, line.identifiers)
    taken = find_taken(line.product, read)
    if taken is not None and taken.unit.owner_id is not None:
        raise taken_error(actor, taken, read)
