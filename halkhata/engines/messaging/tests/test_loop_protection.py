"""Loops, automatic mail and rate limits (A52.4 to A52.6, F27)."""

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Conversation, Delivery, Message, Suppression
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.tests.mails import KARIM, SHOP, bounce_mail, make_mailbox, raw_mail
from halkhata.engines.work.models import Notification, WorkEvent, WorkItem
from halkhata.foundation.core import outbox
from halkhata.records.customers.models import ContactPoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(shop):
    make_mailbox(shop)
    create_default_templates()
    return shop


def _acknowledged() -> int:
    outbox.run_until_quiet()
    return Delivery.objects.filter(is_automatic=True, state="queued").count()


def test_ordinary_mail_is_acknowledged_once(ready):
    ingest(raw_mail())
    assert _acknowledged() == 1
    sent = Message.objects.get(is_automatic=True)
    assert sent.in_reply_to == "<mail-1@example.com>"
    assert sent.conversation.item.number in sent.subject


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"auto_submitted": "auto-generated"}, "auto_reply"),
        ({"auto_submitted": "auto-replied"}, "auto_reply"),
        ({"precedence": "bulk"}, "ticket_opened"),
        ({"precedence": "list"}, "ticket_opened"),
        ({"precedence": "junk"}, "ticket_opened"),
        ({"list_id": "<news.example.com>"}, "ticket_opened"),
        ({"list_unsubscribe": "<mailto:off@example.com>"}, "ticket_opened"),
        ({"x_auto_response_suppress": "All"}, "ticket_opened"),
        ({"return_path": "<>"}, "auto_reply"),
        ({"sender": SHOP}, "loop_stopped"),
        ({"subject": "Out of office: back on Sunday"}, "auto_reply"),
    ],
)
def test_mail_of_a_machine_is_never_answered(ready, headers, outcome):
    subject = headers.pop("subject", "Noise")
    sender = headers.pop("sender", KARIM)
    assert ingest(raw_mail(subject=subject, sender=sender, **headers)).outcome == outcome
    assert _acknowledged() == 0


def test_own_address_with_a_plus_tag_is_a_loop(ready):
    result = ingest(raw_mail(sender="complaints+x@shop.example.com"))
    assert (result.outcome, result.ticket) == ("loop_stopped", None)
    assert Ticket.objects.count() == 0


def test_follow_up_of_a_machine_is_not_acknowledged(ready):
    """A closed ticket answered by mail that forbids automatic answers: the linked ticket opens, silently."""
    first = ingest(raw_mail())
    assert _acknowledged() == 1
    Ticket.objects.filter(number=first.ticket).update(
        state="closed", state_flag="resolved", resolved_at="2026-01-01T00:00Z", closed_at="2026-01-02T00:00Z"
    )
    result = ingest(raw_mail("again", number=2, in_reply_to="<mail-1@example.com>", precedence="bulk"))
    assert result.outcome == "ticket_opened"
    assert Ticket.objects.get(number=result.ticket).follows.number == first.ticket
    assert _acknowledged() == 1
    assert not Delivery.objects.filter(block_reason="loop").exists(), "none was even planned"


def test_out_of_office_is_attached_and_changes_nothing(ready):
    first = ingest(raw_mail())
    item = WorkItem.objects.get(number=first.ticket)
    events = WorkEvent.objects.filter(item=item).count()
    result = ingest(raw_mail("I am away", number=2, in_reply_to="<mail-1@example.com>", auto_submitted="auto-replied"))
    assert (result.outcome, result.ticket) == ("auto_reply", item.number)
    after = WorkItem.objects.get(pk=item.pk)
    assert (after.state, after.version, WorkEvent.objects.filter(item=item).count()) == ("new", item.version, events)
    assert Message.objects.get(conversation__item=item, is_automatic=True, direction="in").text == "I am away"


def test_automatic_mail_of_a_stranger_with_a_tag_writes_into_no_ticket(ready):
    first = ingest(raw_mail())
    result = ingest(
        raw_mail("x", sender="m@example.com", number=2, subject=f"[{first.ticket}]", auto_submitted="auto-replied")
    )
    assert (result.outcome, result.ticket, result.reason) == ("auto_reply", None, "automatic_from_stranger")
    assert Message.objects.filter(conversation__item__number=first.ticket).count() == 1


def test_permanent_bounce_marks_the_address_stops_mail_and_tells_the_owner(ready):
    first = ingest(raw_mail())
    item = WorkItem.objects.get(number=first.ticket)
    reply = send_reply(actor=ready.agent, item=item, text="Hello")
    Delivery.objects.filter(message=reply).update(state="sent", sent_at=item.opened_at)
    state = WorkItem.objects.get(pk=item.pk).state
    result = ingest(bounce_mail(reply.message_id))
    assert (result.outcome, result.ticket) == ("bounce", item.number)
    assert Suppression.objects.get().address == KARIM
    assert ContactPoint.objects.get(value=KARIM).is_reachable is False
    assert Notification.objects.filter(verb="message.bounced", user=item.owner).count() == 1
    assert WorkItem.objects.get(pk=item.pk).state == state
    assert Delivery.objects.get(message=reply).state == "failed"
    later = send_automatic(item=item, code="resolved", cause="test:later")
    assert (later.state, later.block_reason) == ("blocked", "suppressed")
    assert send_reply(actor=ready.agent, item=item, text="Once more").delivery.block_reason == "suppressed"


def test_temporary_bounce_is_attached_and_marks_nothing(ready):
    first = ingest(raw_mail())
    item = WorkItem.objects.get(number=first.ticket)
    reply = send_reply(actor=ready.agent, item=item, text="Hello")
    Delivery.objects.filter(message=reply).update(state="sent", sent_at=item.opened_at)
    result = ingest(bounce_mail(reply.message_id, status="4.4.1", action="delayed"))
    assert (result.outcome, result.ticket) == ("bounce", item.number)
    assert not Suppression.objects.exists()
    assert Delivery.objects.get(message=reply).state == "sent"


def test_forged_bounce_marks_nothing_and_waits_in_view(ready):
    first = ingest(raw_mail())
    item = WorkItem.objects.get(number=first.ticket)
    Delivery.objects.filter(message=send_reply(actor=ready.agent, item=item, text="Hello")).update(
        state="sent", sent_at=item.opened_at
    )
    result = ingest(bounce_mail("<mail-1@example.com>"))
    assert (result.outcome, result.ticket, result.reason) == ("bounce", None, "bounce_without_ticket")
    assert not Suppression.objects.exists()


def test_five_automatic_mails_in_two_hours_then_silence_and_a_notice(ready):
    for number in range(8):
        ingest(raw_mail(f"Matter {number}", subject=f"Matter {number}", number=number))
    assert _acknowledged() == 5
    assert Delivery.objects.filter(block_reason="rate_limit").count() == 3
    assert Notification.objects.filter(verb="message.rate_limited").count() >= 1


def test_same_text_again_and_again_is_a_loop(ready):
    outcomes = [ingest(raw_mail("I am a machine", number=number)).outcome for number in range(8)]
    assert outcomes == ["ticket_opened"] * 5 + ["loop_stopped"] * 3
    assert Ticket.objects.count() == 5


def test_same_reply_again_and_again_is_kept_but_changes_nothing_more(ready):
    first = ingest(raw_mail())
    outcomes = [
        ingest(raw_mail("Got it, thanks", number=number, subject="Re: x", in_reply_to="<mail-1@example.com>")).outcome
        for number in range(2, 10)
    ]
    assert outcomes == ["reply_added"] * 5 + ["loop_stopped"] * 3
    conversation = Conversation.objects.get(item__number=first.ticket)
    assert conversation.automatic_mail_stopped_at is not None
    assert conversation.messages.filter(direction="in").count() == 9
    assert send_automatic(item=conversation.item, code="resolved", cause="x").block_reason == "loop"


def test_send_automatic_three_times_makes_one(ready):
    first = ingest(raw_mail())
    item = WorkItem.objects.get(number=first.ticket)
    made = {send_automatic(item=item, code="received", cause="once").pk for _ in range(3)}
    assert len(made) == 1
    assert Delivery.objects.filter(cause="once").count() == 1
    assert WorkEvent.objects.filter(item=item, kind="automatic_reply").count() == 1


def test_missing_template_of_the_department_falls_back(ready):
    from halkhata.engines.messaging.models import Template

    Template.objects.create(code="received", team=ready.team, language="en", subject="Own", body="Own {{ number }}")
    english = ingest(raw_mail("The brakes are bad"))
    bengali = ingest(raw_mail("ব্রেক ঠিকমতো কাজ করছে না", subject="গাড়ি", sender="rina@example.com", number=2))
    outbox.run_until_quiet()
    texts = {m.conversation.item.number: m.text for m in Message.objects.filter(is_automatic=True)}
    assert texts[english.ticket] == f"Own {english.ticket}"
    assert texts[bengali.ticket].startswith("প্রিয়")
    number = bengali.ticket.partition("-")[2].translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    assert f"ক-{number}" in texts[bengali.ticket]


@pytest.mark.django_db(transaction=True)
def test_two_threads_acknowledge_once(shop):
    import threading

    from django.db import connection

    make_mailbox(shop)
    create_default_templates()
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    gate, errors = threading.Barrier(2), []

    def run() -> None:
        try:
            gate.wait()
            send_automatic(item=WorkItem.objects.get(pk=item.pk), code="received", cause="both")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Delivery.objects.filter(cause="both").count() == 1
