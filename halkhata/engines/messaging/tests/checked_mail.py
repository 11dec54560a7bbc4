"""Messages that are not about the customer's own matter, for tests of the six checks."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.registry import ChannelWindow, channel_windows
from halkhata.engines.messaging.services.composing import new_message_id
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.queueing import queue_delivery
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_registry import Carried, TextCarrier, text_carriers
from halkhata.foundation.core.clock import moved_to, now
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.hours import save_hours

MAIL, PHONE = "selim@example.com", "+8801100000031"
DHAKA = ZoneInfo("Asia/Dhaka")
# Letters of the country, as an offer by SMS needs them.
WORDS = "ঈদে সব ফ্যানে ১০% ছাড়"


def at(text, zone="Asia/Dhaka"):
    """A wall clock time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def agree(customer, channel="email", purpose="marketing", act="granted"):
    """The customer says yes (or no) by the link of a mail, which needs no confirming."""
    return record_consent(actor=None, customer=customer, purpose=purpose, channel=channel, act=act, source="link")


def make_customer(shop, *, mail=MAIL, phone=PHONE, zone="Asia/Dhaka", agrees=True):
    """Somebody who has agreed to offers a long time ago, on the clock of ``zone``."""
    customer = create_customer(
        actor=shop.agent, name_en="Selim Test", emails=[mail], phones=[phone], branch=shop.branch, language="en"
    )
    save_hours(actor=shop.agent, customer=customer, time_zone=zone)
    if agrees:
        with moved_to(at("2026-01-01T12:00")):
            agree(customer)
            agree(customer, "sms")
    return customer


def make_item(shop, customer, kind="question"):
    """Something of the customer's that is no complaint."""
    return open_ticket(
        actor=shop.agent, subject="A fan", customer=customer, channel="email", branch=shop.branch, team=shop.team,
        owner=shop.agent, kind=kind, acknowledge=False,
    )  # fmt: skip


def put_mail(item, cause, purpose="marketing", *, address=MAIL, is_automatic=True):
    """A mail put in line."""
    conversation = conversation_of(item)
    message = Message.objects.create(
        conversation=conversation, direction="out", channel="email", at=now(), customer=item.customer,
        from_address=conversation.mailbox.address, to_addresses=[address], subject="Eid", text="Ten per cent off",
        is_automatic=True, message_id=new_message_id(conversation, conversation.mailbox),
    )  # fmt: skip
    return queue_delivery(
        message=message, mailbox=conversation.mailbox, to_address=address, cause=cause, is_demo=False,
        is_automatic=is_automatic, purpose=purpose,
    )  # fmt: skip


def put_text(item, cause, purpose="offer", *, phone=PHONE):
    """An SMS put in line."""
    return prepare_text(item=item, channel="sms", to_address=phone, text=WORDS, cause=cause, purpose=purpose)


@contextmanager
def gateway():
    """A gateway for SMS; what it was given."""
    sent = []

    def carry(message, text):
        sent.append(message.to_address)
        return Carried.SENT, "ok"

    text_carriers.register("sms", TextCarrier(can_carry=lambda message: True, carry=carry))
    try:
        yield sent
    finally:
        del text_carriers._entries["sms"]


@contextmanager
def window(channel, hours, last_from):
    """The channel declares a window."""
    channel_windows.register(channel, ChannelWindow(length=timedelta(hours=hours), last_from=last_from))
    try:
        yield
    finally:
        del channel_windows._entries[channel]
