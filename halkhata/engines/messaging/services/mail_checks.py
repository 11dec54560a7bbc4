"""The checks on mail that is not about a matter of the customer's own: in line, and again when it leaves (B.4)."""

from datetime import datetime, time

from django.db import transaction

from halkhata.engines.messaging.choices import BlockReason, OutboundState
from halkhata.engines.messaging.models import Delivery
from halkhata.engines.messaging.selectors.contact_rules import contact_rules
from halkhata.engines.messaging.services.send_checks import Contact, Gate, Verdict, ask_all
from halkhata.engines.messaging.texting.hours import Window
from halkhata.foundation.core.clock import now
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.choices import ContactChannel
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.selectors.hours import clock_of
from halkhata.records.privacy.services.links import public_base

_ALL_DAY = (time(0), time(0))


def contact_by_mail(*, customer_id: int | None, address: str, purpose: str, at: datetime) -> Contact:
    """What the checks are asked about."""
    ids = tuple(family_of(customer_id)) if customer_id else ()
    # Only for the country: mail has none.
    phones = ContactPoint.objects.filter(customer_id__in=ids, kind=ContactKind.PHONE).order_by("-is_primary", "pk")
    clock = clock_of(customer_id, phone=phones.values_list("value", flat=True).first() or "" if ids else "")
    rules = contact_rules()
    return Contact(
        purpose=purpose, channel=ContactChannel.EMAIL.value, ids=ids, address=address, at=at, clock=clock,
        window=Window(open_in=_ALL_DAY, wish=clock.wish, quiet=rules.quiet), a_week=rules.a_week,
    )  # fmt: skip


def ask_for_mail(*, customer_id: int | None, address: str, purpose: str, at: datetime | None = None) -> Verdict:
    """Whether a mail may go now, waits, or does not go at all."""
    if not public_base():
        return _NO_PUBLIC
    return ask_all(contact_by_mail(customer_id=customer_id, address=address, purpose=purpose, at=at or now()))


def admit(delivery: Delivery) -> Verdict:
    """Ask again for a delivery that a worker has taken. One that may go counts from this moment on, so that of several
    workers at once no more get through than the customer's week has room for."""
    if not public_base():
        return _NO_PUBLIC
    at = now()
    with transaction.atomic():
        contact = contact_by_mail(
            customer_id=delivery.message.conversation.item.customer_id, address=delivery.to_address,
            purpose=delivery.purpose, at=at,
        )  # fmt: skip
        lock_values([contact.lock])
        verdict = ask_all(contact)
        if verdict.gate == Gate.GO:
            mine = Delivery.objects.filter(
                pk=delivery.pk, state=OutboundState.SENDING, locked_by=delivery.locked_by
            )  # fmt: skip
            mine.update(counted_at=at)
    return verdict


_NO_PUBLIC = Verdict(Gate.REFUSE, BlockReason.NO_PUBLIC.value)
