"""Handing texts to the shop's gateways: what stands behind the channel "sms" of ``text_carriers``.

What is about to be asked of a gateway is committed before it is asked. An answer that nobody got is asked for again
where the gateway can be asked or keeps our key; where it cannot, the text is in doubt and is not sent again by itself
(US-25.4).
"""

import secrets

from django.db import transaction

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.text_choices import GATED
from halkhata.engines.messaging.text_registry import Carried, TextCarrier
from halkhata.engines.sms.adapters.base import Access, Adapter, Order, Sent, Standing, Verdict
from halkhata.engines.sms.choices import WITH_GATEWAY, CarryState, Fault
from halkhata.engines.sms.models import Gateway, SmsDelivery
from halkhata.engines.sms.services.access import access_of, adapter_of, carrying_gateway, hook_address
from halkhata.engines.sms.services.health import note_fault, note_works
from halkhata.engines.sms.services.question_times import next_question
from halkhata.engines.sms.services.reports import settle_waiting
from halkhata.foundation.core.clock import now

_STATES = {
    Verdict.ACCEPTED: CarryState.ACCEPTED,
    Verdict.BUSY: CarryState.BUSY,
    Verdict.REFUSED: CarryState.REFUSED,
    Verdict.UNKNOWN: CarryState.UNKNOWN,
}
_CARRIED = {
    CarryState.ACCEPTED: Carried.SENT,
    CarryState.BUSY: Carried.TRY_LATER,
    CarryState.REFUSED: Carried.REFUSED,
    CarryState.UNKNOWN: Carried.IN_DOUBT,
}


def is_set_up() -> bool:
    """Whether any gateway carries at all."""
    return Gateway.objects.filter(is_active=True, is_demo=False).exists()


def names_of_carriers() -> list[str]:
    """What the shop calls the gateways that carry: the whole shop's first, then those of branches."""
    rows = Gateway.objects.filter(is_active=True, is_demo=False).select_related("branch")
    found = sorted(rows, key=lambda row: (row.branch_id is not None, row.name))
    return [row.name if row.branch is None else f"{row.name} ({row.branch})" for row in found]


def can_carry(message: TextMessage) -> bool:
    """Whether a gateway carries for the branch that the text comes from. Talks to nobody."""
    gateway = carrying_gateway(message.branch)
    return gateway is not None and access_of(gateway) is not None


def carry(message: TextMessage, text: str) -> tuple[Carried, str]:
    """Hand one text over; what the gateway said goes with the verdict."""
    if message.is_demo:
        return Carried.REFUSED, ""
    known = SmsDelivery.objects.filter(text=message).select_related("gateway").first()
    if known is not None and known.state in WITH_GATEWAY:
        return Carried.SENT, known.said
    gateway = carrying_gateway(message.branch)
    if gateway is None:
        return Carried.NOBODY, ""
    delivery = _begin(message, gateway, known)
    order = order_of(delivery, to=message.to_address, text=text, is_offer=message.purpose in GATED)
    sent = hand_over(gateway, delivery, order)
    delivery.refresh_from_db(fields=["state"])
    # A report may have been quicker than the answer.
    if delivery.state in WITH_GATEWAY:
        return Carried.SENT, sent.said
    return _CARRIED.get(CarryState(delivery.state), Carried.IN_DOUBT), sent.said or str(Fault(sent.fault).value)


def order_of(delivery: SmsDelivery, *, to: str, text: str, is_offer: bool) -> Order:
    """What a gateway is asked to carry."""
    return Order(
        to=to, text=text, key=delivery.key, is_offer=is_offer, report_url=hook_address(delivery.gateway, "report")
    )


def new_key() -> str:
    """A key of our own, which tells nothing of the text."""
    return f"hk{secrets.token_hex(9)}"


def hand_over(gateway: Gateway, delivery: SmsDelivery, order: Order) -> Sent:
    """Ask the gateway to carry, and write down what it answers. An answer that was lost is asked for once, at once."""
    adapter, access = adapter_of(gateway), access_of(gateway)
    if access is None:
        sent = Sent(verdict=Verdict.BUSY, fault=Fault.SECRETS)
    else:
        sent = adapter.send(access, order)
        if sent.verdict == Verdict.UNKNOWN:
            sent = ask_for_lost_answer(adapter, access, order, sent)
    write_answer(delivery, sent)
    return sent


def ask_for_lost_answer(adapter: Adapter, access: Access, order: Order, sent: Sent) -> Sent:
    """Whether a text whose answer was lost was taken after all; ``sent`` again where nobody can tell."""
    if adapter.asks(access) == "key":
        told = adapter.ask(access, key=order.key, provider_id="")
        if told.standing in {Standing.DELIVERED, Standing.TAKEN}:
            return Sent(verdict=Verdict.ACCEPTED, said=told.said)
        if told.standing == Standing.FAILED:
            return Sent(verdict=Verdict.REFUSED, fault=Fault.OTHER, said=told.said)
        if told.standing == Standing.NEVER_SEEN:
            return Sent(verdict=Verdict.BUSY, fault=sent.fault, said=told.said)
        return sent
    if adapter.keeps(access):
        # The same key again: taken now, or known already; either way it is one text.
        again = adapter.send(access, order)
        if again.fault == Fault.REPEATED:
            return Sent(verdict=Verdict.ACCEPTED, said=again.said)
        # "Not now" says nothing of the first time.
        return sent if again.verdict == Verdict.BUSY else again
    return sent


def write_answer(delivery: SmsDelivery, sent: Sent) -> None:
    """Keep what the gateway answered. What a report has said in the meantime stays."""
    at, state = now(), _STATES[sent.verdict]
    accepted = sent.verdict == Verdict.ACCEPTED
    with transaction.atomic():
        held = SmsDelivery.objects.select_for_update().get(pk=delivery.pk)
        if held.state not in WITH_GATEWAY:
            held.state = state
        held.fault, held.said = sent.fault, sent.said
        if accepted:
            held.accepted_at = held.accepted_at or at
        taken = SmsDelivery.objects.filter(gateway=held.gateway_id, provider_id=sent.provider_id).exclude(pk=held.pk)
        # A gateway that gives two texts one number has none: reports then come under our key, or wait.
        if sent.provider_id and not taken.exists():
            held.provider_id = sent.provider_id
        held.ask_at = next_question(held)
        held.save(update_fields=["state", "fault", "said", "accepted_at", "provider_id", "ask_at"])
        settle_waiting(held)
    if accepted:
        note_works(delivery.gateway_id)
    else:
        note_fault(delivery.gateway_id, fault=sent.fault, said=sent.said)


def _begin(message: TextMessage, gateway: Gateway, known: SmsDelivery | None) -> SmsDelivery:
    """The row that stands before the gateway is asked. At another gateway it is another key."""
    at = now()
    with transaction.atomic():
        if known is None:
            fresh = SmsDelivery(text=message, gateway=gateway, key=new_key(), asked_at=at)
            fresh.ask_at = next_question(fresh)
            fresh.save(force_insert=True)
            return fresh
        if known.gateway_id != gateway.pk:
            known.gateway, known.key, known.provider_id = gateway, new_key(), ""
        known.state, known.fault, known.said, known.asked_at = CarryState.ASKED, "", "", at
        known.ask_at = next_question(known)
        known.save(update_fields=["gateway", "key", "provider_id", "state", "fault", "said", "asked_at", "ask_at"])
        return known


CARRIER = TextCarrier(can_carry=can_carry, carry=carry, is_set_up=is_set_up, names=names_of_carriers)
