"""STOP by SMS: offers and questions end, in the ledger and for the number itself (A54.2, E.7)."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.messaging.arriving_registry import ArrivedText
from halkhata.engines.messaging.models import InboundText
from halkhata.engines.messaging.selectors.text_senders import last_text_to
from halkhata.engines.messaging.services.text_caps import answer_text
from halkhata.engines.messaging.text_choices import GATED
from halkhata.engines.messaging.texting.keywords import says_no, wants_no_offers
from halkhata.foundation.audit.trail import SystemActor
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.choices import DECIDED, ConsentAct, ConsentSource, ContactChannel, Purpose
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.stops import stop_contact

SMS = SystemActor("SMS")
_ENDS = tuple(purpose for purpose in DECIDED if purpose != Purpose.PUBLICATION)


def stops_offers(row: InboundText) -> bool:
    """Whether the text ends offers: STOP always; "no" only where an offer or a question was our last text."""
    if wants_no_offers(row.text):
        return True
    if not says_no(row.text):
        return False
    last = last_text_to(row.number)
    return last is not None and last.purpose in GATED


def take_stop(arrived: ArrivedText) -> dict[str, Any]:
    """Stop the number, write the "no" of whose number it is into the ledger, and confirm once.

    Others who share the number get nothing there either; what they agreed to for a number of their own stays. Whoever
    is not known is heard, too; only a confirmation would have nobody it belongs to.
    """
    person = arrived.people[0] if arrived.people else None
    stop_contact(
        kind=ContactKind.PHONE,
        value=arrived.number,
        channel=ContactChannel.SMS,
        purposes=_ENDS,
        source="sms",
        actor=SMS,
    )
    if person is not None and _withdraw(arrived, person):
        _confirm(arrived, person)
    return {"customer": person}


def _withdraw(arrived: ArrivedText, person: Customer) -> int:
    new = 0
    for purpose in _ENDS:
        event = record_consent(
            actor=SMS, customer=person, purpose=purpose, channel=ContactChannel.SMS, act=ConsentAct.WITHDRAWN,
            source=ConsentSource.PHONE, proof=f"SMS: {arrived.words}",
        )  # fmt: skip
        new += event is not None
    return new


def _confirm(arrived: ArrivedText, person: Customer) -> None:
    with translation.override(person.language):
        words = _("You will get no more offers from us by SMS. News about your own matters still comes.")
    answer_text(
        customer=person, number=arrived.number, words=words, cause=f"stop:{arrived.row.pk}:sms",
        language=person.language,
    )  # fmt: skip
