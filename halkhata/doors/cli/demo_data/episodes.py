"""What else lies about in a living shop: calls to make, odd mail, mail in trouble, somebody on leave."""

from datetime import datetime, timedelta
from functools import partial

from halkhata.doors.cli.demo_data.post import bounce, no_mail_at_all, out_of_office, without_sender
from halkhata.doors.cli.demo_data.telling import Teller
from halkhata.engines.messaging.choices import BlockReason, Direction, OutboundState
from halkhata.engines.messaging.models import Delivery, Mailbox, Message
from halkhata.engines.messaging.services.inbound import process_raw, store_raw
from halkhata.engines.work.choices import Priority
from halkhata.engines.work.models import Absence, SavedView
from halkhata.engines.work.services.assignment import add_absence
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.core.clock import now as clock_now
from halkhata.records.customers.models import Customer

# (hours from now, who, staff, shop, what to do): overdue, today, tomorrow.
CALLS: tuple[tuple[float, str, str, str, str], ...] = (
    (-21, "12", "agent", "demo-bogura", "ফোন করুন: টোকেনের কপি নিতে আসবেন কি না"),
    (-3.5, "regular", "agent", "demo-bogura", "ফোন করুন: নতুন ঝড় ১২৫ দেখতে কবে আসবেন"),
    (1.5, "after-five", "agent2", "demo-rajshahi", "ফোন করুন (৫টার পর): ফোনের টেস্টের ফল জানান"),
    (2.5, "40", "caller", "demo-rajshahi", "ফোন করুন: টিভির সিরিয়ালের ছবি এসেছে কি না"),
    (4, "77", "agent3", "demo-natore", "ফোন করুন: মাঠকর্মীর সময় ঠিক করুন"),
    (22, "twin-1", "agent3", "demo-natore", "ফোন করুন: ব্যাটারি বদলের দিন জানান"),
    (26, "101", "caller", "demo-bogura", "ফোন করুন: হেলমেট নেওয়ার কথা মনে করিয়ে দিন"),
    (47, "150", "agent4", "demo-rajshahi", "ফোন করুন: ওয়াশিং মেশিন কেমন চলছে"),
)


def plan_calls(teller: Teller, now: datetime) -> None:
    """Calls somebody noted for a certain time, planned yesterday."""
    for number, (hours, who, staff, shop, subject) in enumerate(CALLS):
        planned = (now + timedelta(hours=hours)).replace(second=0, microsecond=0)
        teller.stage.at(
            min(now - timedelta(hours=24), planned - timedelta(hours=6)),
            partial(
                plan_task,
                actor=teller.house.staff[staff],
                kind="follow_up",
                subject=subject,
                customer=teller.people[who],
                parent=None,
                branch=teller.house.branches[shop],
                team=teller.house.team_for(shop, ""),
                owner=teller.house.staff[staff],
                planned_at=planned,
                priority=Priority.NORMAL,
                cause=f"demo-call:{number}",
                is_demo=True,
            ),
        )


def plan_odd_mail(teller: Teller, now: datetime) -> None:
    """One mail that nobody can read, one without a sender, an out-of-office answer, and a mail that came back."""
    stage, boxes = teller.stage, teller.house.mailboxes
    stage.at(now - timedelta(hours=7), lambda: take(boxes["demo-rajshahi"], no_mail_at_all(1), "odd-1"))
    stage.at(
        now - timedelta(hours=5),
        lambda: take(
            boxes["demo-rajshahi"], without_sender(to=boxes["demo-rajshahi"].address, at=clock_now(), serial=2), "odd-2"
        ),
    )
    stage.at(now - timedelta(hours=3), lambda: _send_out_of_office(teller))
    stage.at(now - timedelta(hours=1), lambda: _send_bounce(teller))


def take(mailbox: Mailbox, raw: bytes, name: str) -> None:
    """Bytes come in and are processed, whatever they are."""
    row, _new = store_raw(mailbox=mailbox, provider_id=f"demo:{name}", raw=raw)
    process_raw(row.pk)


def _last_answer_to(customer: Customer | None, but_not: Customer) -> Message | None:
    sent = Message.objects.filter(
        direction=Direction.OUTBOUND, is_automatic=False, delivery__is_demo=True, conversation__item__is_demo=True
    )
    sent = sent.filter(customer=customer) if customer is not None else sent.exclude(customer=but_not)
    return sent.select_related("conversation__mailbox", "customer").order_by("-at", "-pk").first()


def _send_out_of_office(teller: Teller) -> None:
    message = _last_answer_to(None, but_not=teller.people["bounces"])
    if message is not None and message.conversation.mailbox is not None:
        raw = out_of_office(
            sender_name=str(message.customer),
            sender=message.to_addresses[0],
            to=message.conversation.mailbox.address,
            at=clock_now(),
            serial=90001,
            in_reply_to=message.message_id,
        )
        take(message.conversation.mailbox, raw, "odd-3")


def _send_bounce(teller: Teller) -> None:
    message = _last_answer_to(teller.people["bounces"], but_not=teller.people["bounces"])
    if message is not None and message.conversation.mailbox is not None:
        raw = bounce(
            to=message.conversation.mailbox.address,
            address=message.to_addresses[0],
            at=clock_now(),
            serial=90002,
            original_id=message.message_id,
        )
        take(message.conversation.mailbox, raw, "odd-4")


def trouble_two_deliveries() -> None:
    """One mail in doubt and one that failed, for the page where a person decides. None of them was ever sent."""
    newest = Delivery.objects.filter(is_demo=True, is_automatic=False, state=OutboundState.BLOCKED).order_by("-pk")[:2]
    samples = (
        (OutboundState.IN_DOUBT, "worker stopped while sending", None),
        (OutboundState.FAILED, "552 5.2.2 mailbox full", 552),
    )
    for delivery, (state, words, code) in zip(list(newest), samples, strict=False):
        Delivery.objects.filter(pk=delivery.pk).update(
            state=state, block_reason=BlockReason.NONE, attempts=1, last_error=words, smtp_code=code
        )


def settle_rest(teller: Teller, now: datetime) -> None:
    """Somebody on leave from tomorrow, and two saved views."""
    tomorrow = (now + timedelta(days=1)).replace(hour=3, minute=0, second=0, microsecond=0)
    away = teller.house.staff["agent4"]
    add_absence(actor=away, user=away, starts_at=tomorrow, ends_at=tomorrow + timedelta(days=3), reason="বোনের বিয়ে")
    Absence.objects.filter(user=away).update(is_demo=True)
    manager = teller.house.staff["manager"]
    for name, query in (("দেরি হয়েছে", "late=1"), ("কোম্পানির অপেক্ষায়", "state=waiting_manufacturer")):
        SavedView.objects.create(owner=manager, name=name, query=query, is_shared=True, is_demo=True)
