"""Sending one text to a number that somebody types in, to see whether a gateway works."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.sms.models import Gateway, SmsDelivery
from halkhata.engines.sms.policies import gateway_for, require
from halkhata.engines.sms.services.carrying import hand_over, new_key, order_of
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint

MOST_LETTERS = 480


def try_gateway(*, actor: User | None, gateway: Gateway, number: str, text: str) -> SmsDelivery:
    """Send ``text`` to ``number`` now. It costs what a text costs; the trail keeps who did it, not to whom.

    ``actor`` None is the command line. Raises PermissionRefused, NotFound, PhoneError, DomainError ``no_text``,
    Conflict ``demo`` (an invented gateway or an invented person's number) and ``held`` after a restore.
    """
    if actor is not None:
        require(actor)
        gateway = gateway_for(actor, gateway.pk)
    words = clean_text(text, multiline=True, max_length=MOST_LETTERS)
    if not words:
        raise DomainError("no_text", _("Write a text."), field="text")
    country = actor.branch.country if actor is not None else Installation.current().country
    to = parse_phone(number, region=country).e164
    invented = ContactPoint.objects.filter(kind=ContactKind.PHONE, value=to, customer__is_demo=True)
    if gateway.is_demo or invented.exists():
        raise Conflict("demo", _("This is invented: nothing is sent to it."))
    if outgoing_is_held():
        raise Conflict("held", _("After the restore, nothing is sent until somebody lets it go."))
    with transaction.atomic():
        delivery = SmsDelivery.objects.create(gateway=gateway, key=new_key(), asked_at=now())
        record(actor=actor or SYSTEM, action="sms.try", record=delivery, after={"gateway": gateway.name})
    hand_over(gateway, delivery, order_of(delivery, to=to, text=words, is_offer=False))
    delivery.refresh_from_db()
    return delivery
