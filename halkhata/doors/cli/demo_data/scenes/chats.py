"""One conversation by WhatsApp, invented like all of the demo: its account connects to nothing and sends nothing."""

from datetime import datetime, timedelta

from django.db.models import Max

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.chat.models import ChatAccount, ChatDelivery, ChatIdentity, ChatMessage, ChatTemplate
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.records.customers.choices import ContactKind

ASKED = "ভাই, টেকনিশিয়ান আজ কয়টায় আসবেন? দুপুরে বাসায় থাকব না।"
ANSWERED = "বিকেল চারটার পরে আসবেন। বের হওয়ার আগে ফোন করবেন।"
READY = "{{1}}, আপনার {{2}} তৈরি। দোকান খোলা থাকে সকাল ৯টা থেকে রাত ৮টা পর্যন্ত।"


def chat_by_whatsapp(*, now: datetime) -> int:
    """Write it onto a ticket that is being worked on. Returns how many messages there are."""
    spoken = Ticket.objects.filter(is_demo=True, state=TicketState.OPEN, customer__isnull=False)
    spoken = spoken.filter(customer__contact_points__kind=ContactKind.PHONE, conversation__messages__isnull=False)
    ticket = spoken.select_related("customer", "branch", "owner").order_by("-opened_at", "-pk").first()
    if ticket is None or ticket.customer is None:
        return 0
    account = ChatAccount.objects.create(
        key="demo-whatsapp", kind="whatsapp", name="শোরুম", external_id="100000000000001", branch=ticket.branch,
        created_at=now - timedelta(days=90), is_demo=True,
    )  # fmt: skip
    ChatTemplate.objects.create(
        account=account, name="unit_ready", language="bn", body=READY, gaps=2, state="approved",
        changed_at=now - timedelta(days=80),
    )  # fmt: skip
    conversation = conversation_of(ticket)
    last = conversation.messages.aggregate(last=Max("at"))["last"] or ticket.opened_at
    asked_at = max(last + timedelta(minutes=3), now - timedelta(hours=5))
    if asked_at >= now:
        return 0
    answered_at = min(asked_at + timedelta(minutes=9), now)
    number = (
        ticket.customer.contact_points.filter(kind=ContactKind.PHONE).order_by("pk").values_list("value", flat=True)
    )
    person = ChatIdentity.objects.create(
        account=account, number=number[0], name=ticket.customer.name_bn, customer=ticket.customer,
        joined_how="number", created_at=asked_at, last_wrote_at=asked_at,
    )  # fmt: skip
    asked = Message.objects.create(
        conversation=conversation, direction=Direction.INBOUND, channel="whatsapp", at=asked_at,
        customer=ticket.customer, author_label=ticket.customer.name_bn, text=ASKED,
    )  # fmt: skip
    ChatMessage.objects.create(message=asked, account=account, identity=person, remote_id="wamid.demo.1")
    answer = Message.objects.create(
        conversation=conversation, direction=Direction.OUTBOUND, channel="whatsapp", at=answered_at,
        author=ticket.owner, author_label=ticket.owner.audit_label, customer=ticket.customer, text=ANSWERED,
        counts_as_answer=True,
    )  # fmt: skip
    ChatDelivery.objects.create(
        message=answer, account=account, identity=person, key="demo-1", state="read", remote_id="wamid.demo.2",
        next_try_at=answered_at, queued_at=answered_at, sent_at=answered_at, delivered_at=answered_at,
        read_at=answered_at, is_demo=True,
    )  # fmt: skip
    return 2
