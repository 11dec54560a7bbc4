"""Asking gateways what became of texts: of those in doubt, and of those nobody has reported on (US-25.4)."""

from django.db import transaction

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.text_reports import note_never_went, note_went
from halkhata.engines.messaging.text_choices import TextPurpose, TextState
from halkhata.engines.sms.adapters.base import Sent, Standing, Verdict
from halkhata.engines.sms.choices import CarryState, Fault, ReportSays
from halkhata.engines.sms.models import SmsDelivery
from halkhata.engines.sms.services.access import access_of, adapter_of
from halkhata.engines.sms.services.carrying import ask_for_lost_answer, order_of, write_answer
from halkhata.engines.sms.services.question_times import next_question
from halkhata.engines.sms.services.reports import apply_state
from halkhata.foundation.core.clock import now

_SAYS = {
    Standing.DELIVERED: ReportSays.DELIVERED,
    Standing.FAILED: ReportSays.FAILED,
    Standing.TAKEN: ReportSays.ON_ITS_WAY,
}


def ask_due(limit: int = 50) -> int:
    """Ask about every text whose time has come. Returns about how many."""
    due = SmsDelivery.objects.filter(ask_at__lte=now()).order_by("ask_at").values_list("pk", flat=True)
    return sum(ask_about(pk) for pk in list(due[:limit]))


def settle_answered(limit: int = 200) -> int:
    """Texts in doubt whose gateway's answer was written down before their sender died. Returns how many."""
    rows = SmsDelivery.objects.filter(text__state=TextState.IN_DOUBT, state=CarryState.ACCEPTED)
    return sum(note_went(pk) for pk in list(rows.values_list("text_id", flat=True)[:limit]) if pk is not None)


def ask_about(pk: int) -> bool:
    """Ask about one text, outside any transaction. Of two workers one asks. Returns whether it was asked."""
    delivery = _take(pk)
    if delivery is None:
        return False
    access, adapter = access_of(delivery.gateway), adapter_of(delivery.gateway)
    if access is None:
        return False
    text = delivery.text
    if delivery.state in {CarryState.ASKED, CarryState.UNKNOWN} and text is not None:
        if text.state != TextState.IN_DOUBT:
            return False
        if adapter.asks(access) != "key":
            _hand_over_again(delivery, text)
            return True
    told = adapter.ask(access, key=delivery.key, provider_id=delivery.provider_id)
    with transaction.atomic():
        held = SmsDelivery.objects.select_for_update(of=("self",)).get(pk=pk)
        if told.standing in _SAYS:
            apply_state(held, _SAYS[told.standing], told.said)
        elif told.standing == Standing.NEVER_SEEN and held.state in {CarryState.ASKED, CarryState.UNKNOWN}:
            _back_in_line(held)
    return True


def _take(pk: int) -> SmsDelivery | None:
    with transaction.atomic():
        held = SmsDelivery.objects.select_for_update(of=("self",)).filter(pk=pk, ask_at__lte=now()).first()
        if held is None:
            return None
        held.asks += 1
        held.ask_at = next_question(held)
        held.save(update_fields=["asks", "ask_at"])
    return SmsDelivery.objects.select_related("gateway", "text__item", "text__customer").get(pk=pk)


def _hand_over_again(delivery: SmsDelivery, text: TextMessage) -> None:
    """The gateway keeps our key: the same one again is the same text. Only news of one's own matter, whose words are
    still there: an offer may no longer go at this hour, and of a code nothing is left."""
    access, adapter = access_of(delivery.gateway), adapter_of(delivery.gateway)
    if access is None or text.purpose != TextPurpose.NOTICE or not text.text or not adapter.keeps(access):
        return
    order = order_of(delivery, to=text.to_address, text=text.text, is_offer=False)
    lost = Sent(verdict=Verdict.UNKNOWN, fault=Fault.NO_ANSWER)
    sent = ask_for_lost_answer(adapter, access, order, lost)
    if sent.verdict == Verdict.ACCEPTED:
        write_answer(delivery, sent)
        note_went(text.pk)


def _back_in_line(delivery: SmsDelivery) -> None:
    """The gateway says that it has never got it: it may go after all."""
    delivery.state, delivery.ask_at = CarryState.BUSY, None
    delivery.save(update_fields=["state", "ask_at"])
    if delivery.text_id is not None:
        note_never_went(delivery.text_id)
