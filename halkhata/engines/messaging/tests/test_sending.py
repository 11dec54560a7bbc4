"""Sending to a real SMTP server that misbehaves (F07 to F10)."""

from datetime import timedelta

import pytest

from halkhata.engines.messaging import jobs
from halkhata.engines.messaging.models import Delivery, Mailbox, Suppression
from halkhata.engines.messaging.services import sending
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.deciding import send_again
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.participants import add_participant
from halkhata.engines.messaging.services.sending import send_one
from halkhata.engines.messaging.services.smtp import Verdict, deliver
from halkhata.engines.messaging.tests.mails import KARIM, SHOP, make_mailbox, raw_mail
from halkhata.engines.work.models import Notification, WorkItem
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import Job
from halkhata.records.customers.models import ContactPoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(shop, smtp_server) -> Mailbox:
    return make_mailbox(shop, smtp_host=smtp_server.host, smtp_port=smtp_server.port, uses_plus_address=True)


@pytest.fixture
def reply(shop, box):
    item = WorkItem.objects.get(number=ingest(raw_mail("ইঞ্জিনে শব্দ হয়", subject="শব্দ")).ticket)

    def make(text="আমরা আজই দেখছি।", **more):
        return send_reply(actor=shop.agent, item=item, text=text, **more).delivery

    return make


def _due(delivery: Delivery) -> Delivery:
    Delivery.objects.filter(pk=delivery.pk).update(next_try_at=now() - timedelta(seconds=1))
    delivery.refresh_from_db()
    return delivery


def test_reply_arrives_with_the_right_headers(reply, smtp_server):
    from halkhata.engines.messaging.keys import thread_key
    from halkhata.engines.messaging.mime.threading import conversation_from_message_id, make_token

    delivery = reply()
    assert send_one(delivery.pk) == "sent"
    [received] = smtp_server.wait_for(1)
    mail = received.message
    assert (received.mail_from, received.rcpt_tos) == (SHOP, [KARIM])
    assert str(mail["Message-ID"]) == delivery.message.message_id
    assert str(mail["In-Reply-To"]) == "<mail-1@example.com>"
    assert str(mail["References"]).split() == ["<mail-1@example.com>"]
    assert mail["Auto-Submitted"] is None
    conversation = delivery.message.conversation_id
    assert conversation_from_message_id(str(mail["Message-ID"]), thread_key()) == conversation
    assert f"+t.{make_token(conversation, thread_key())}@" in str(mail["Reply-To"])
    number = delivery.message.conversation.item.number
    assert str(mail["Subject"]) == f"Re: শব্দ [{number}]"
    assert "আমরা আজই দেখছি।" in mail.get_body(("plain",)).get_content()
    assert "আমরা আজই দেখছি।" in mail.get_body(("html",)).get_content()


def test_automatic_mail_says_that_it_is_one(reply, smtp_server):
    create_default_templates()
    item = reply().message.conversation.item
    assert send_one(send_automatic(item=item, code="received", cause="a").pk) == "sent"
    mail = smtp_server.wait_for(1)[0].message
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] is None


def test_sending_a_sent_mail_again_by_job_sends_nothing(reply, smtp_server):
    delivery = reply()
    assert [send_one(delivery.pk) for _ in range(3)] == ["sent", "", ""]
    assert len(smtp_server.messages) == 1


def test_greylisted_mail_is_taken_at_the_second_try(reply, smtp_server):
    smtp_server.refuse_rcpt, smtp_server.times = "451 4.7.1 greylisted", 1
    delivery = reply()
    assert send_one(delivery.pk) == "queued"
    delivery.refresh_from_db()
    assert timedelta(seconds=50) < delivery.next_try_at - now() <= timedelta(seconds=60)
    assert not Notification.objects.filter(verb__startswith="message.").exists()
    assert send_one(delivery.pk) == "", "not before its time"
    assert send_one(_due(delivery).pk) == "sent"
    assert len(smtp_server.messages) == 1


def test_refused_recipient_fails_marks_the_address_and_tells_the_owner(reply, smtp_server):
    smtp_server.refuse_rcpt = "550 5.1.1 no such user"
    delivery = reply()
    assert send_one(delivery.pk) == "failed"
    delivery.refresh_from_db()
    assert (delivery.smtp_code, delivery.last_error) == (550, "5.1.1 no such user")
    assert Suppression.objects.get().address == KARIM
    assert ContactPoint.objects.get(value=KARIM).is_reachable is False
    assert Notification.objects.filter(verb="message.failed").count() == 1


def test_refused_content_fails_without_marking_the_address(reply, smtp_server):
    smtp_server.refuse_data = "550 5.7.1 looks like spam"
    delivery = reply()
    assert send_one(delivery.pk) == "failed"
    assert not Suppression.objects.exists()


def test_refused_copy_does_not_keep_the_mail_from_the_customer(shop, reply, smtp_server, monkeypatch):
    add_participant(actor=shop.agent, item=WorkItem.objects.get(), address="gone@example.com")
    delivery = reply(cc=["gone@example.com"])
    # Only the copy is refused: the server looks at its answer once when it is empty, twice when it is not.
    words = "550 5.1.1 no such user"
    answers = iter(["", words, words])
    monkeypatch.setattr(type(smtp_server), "refuse_rcpt", property(lambda self: next(answers)))
    assert send_one(delivery.pk) == "sent"
    assert smtp_server.messages[0].rcpt_tos == [KARIM]
    assert [one.address for one in Suppression.objects.all()] == ["gone@example.com"]


def test_answer_that_is_no_answer_is_tried_again(reply, smtp_server):
    smtp_server.refuse_rcpt, smtp_server.times = "what?", 1
    delivery = reply()
    assert send_one(delivery.pk) == "queued"
    assert send_one(_due(delivery).pk) == "sent"


def test_cut_after_the_dot_is_in_doubt_and_never_repeated_by_itself(reply, smtp_server):
    smtp_server.cut, smtp_server.times = "after_data", 1
    delivery = reply()
    assert send_one(delivery.pk) == "in_doubt"
    Delivery.objects.update(next_try_at=now() - timedelta(days=1))
    jobs.send_due_mail.func()
    run_until_quiet()
    assert send_one(delivery.pk) == ""
    assert len(smtp_server.messages) == 1
    delivery.refresh_from_db()
    assert delivery.state == "in_doubt"
    assert Notification.objects.filter(verb="message.in_doubt").count() == 1


def test_person_sends_a_doubtful_mail_again_under_the_same_id(reply, smtp_server, shop):
    smtp_server.cut, smtp_server.times = "after_data", 1
    delivery = reply()
    send_one(delivery.pk)
    send_again(actor=shop.lead, delivery=delivery)
    assert send_one(delivery.pk) == "sent"
    ids = [str(received.message["Message-ID"]) for received in smtp_server.messages]
    assert ids == [delivery.message.message_id] * 2


def test_cut_before_the_dot_is_repeated_safely(box):
    """A server that hangs up in the middle of the text has nothing it could deliver (RFC 5321 4.2.5)."""
    import socket
    import threading

    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _address = listener.accept()
        with peer, peer.makefile("rwb") as lines:
            lines.write(b"220 hello\r\n")
            lines.flush()
            while line := lines.readline():
                verb = line[:4].upper()
                lines.write(b"354 go on\r\n" if verb == b"DATA" else b"250 ok\r\n")
                lines.flush()
                if verb == b"DATA":
                    lines.read(1000)
                    break
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    box.smtp_host, box.smtp_port = "127.0.0.1", listener.getsockname()[1]
    result = deliver(box, recipients=[KARIM], data=b"Subject: x\r\n\r\n" + b"long line\r\n" * 2_000_000)
    thread.join(10)
    listener.close()
    assert result.verdict == Verdict.CHANNEL_DOWN


def test_server_down_backs_off_and_holds_up_no_other_mailbox(reply, smtp_server, shop):
    first, second = reply("One"), reply("Two")
    smtp_server.stop()
    assert send_one(first.pk) == "queued"
    box = Mailbox.objects.get()
    assert "refused" in box.last_send_error.lower()
    second.refresh_from_db()
    assert second.next_try_at > now() + timedelta(seconds=50)
    assert second.attempts == 0
    expected = [1, 5, 15, 30, 60, 60]
    for number, minutes in enumerate(expected[1:], start=2):
        assert send_one(_due(first).pk) == "queued"
        first.refresh_from_db()
        assert first.attempts == number
        assert abs(first.next_try_at - now() - timedelta(minutes=minutes)) < timedelta(seconds=10)
    smtp_server.start()
    assert send_one(_due(first).pk) == "sent"
    assert send_one(_due(second).pk) == "sent"
    box.refresh_from_db()
    assert box.last_send_error == ""


def test_mail_that_cannot_be_sent_for_four_days_fails_and_tells(reply, smtp_server):
    smtp_server.stop()
    delivery = reply()
    Delivery.objects.update(queued_at=now() - timedelta(days=4, minutes=1))
    assert send_one(delivery.pk) == "failed"
    assert Notification.objects.filter(verb="message.failed").count() == 1


def test_refused_sign_in_concerns_the_mailbox_not_the_mail(reply, smtp_server):
    Mailbox.objects.update(smtp_username="somebody", smtp_password="")
    delivery = reply()
    assert send_one(delivery.pk) == "queued"
    assert Mailbox.objects.get().last_send_error != ""


def test_mail_that_cannot_be_built_fails_at_once(reply):
    delivery = reply()
    Delivery.objects.update(to_address="not an address")
    assert send_one(delivery.pk) == "failed"


def test_result_is_kept_when_the_database_is_away_for_a_moment(reply, smtp_server, monkeypatch):
    from django.db import OperationalError

    delivery = reply()
    real, calls = sending._settle, []

    def flaky(*arguments):
        calls.append(1)
        if len(calls) < 3:
            raise OperationalError("away")
        return real(*arguments)

    monkeypatch.setattr(sending, "_settle", flaky)
    monkeypatch.setattr(sending, "SETTLE_PAUSES", (0, 0, 0))
    assert send_one(delivery.pk) == "sent"
    assert len(smtp_server.messages) == 1


def test_who_was_judged_dead_and_knows_better_settles_the_doubt(reply, smtp_server, monkeypatch):
    delivery = reply()
    real = sending.deliver

    def slow(*arguments, **values):
        result = real(*arguments, **values)
        Delivery.objects.update(lease_until=now() - timedelta(seconds=1))
        assert sending.put_abandoned_in_doubt() == 1
        return result

    monkeypatch.setattr(sending, "deliver", slow)
    assert send_one(delivery.pk) == "sent"


def test_due_mail_goes_out_through_the_worker(reply, smtp_server):
    deliveries = [reply(f"Number {number}") for number in range(5)]
    Job.objects.all().delete()
    assert jobs.send_due_mail.func() == 5
    assert jobs.send_due_mail.func() == 5, "twice in line is once in line"
    run_until_quiet()
    assert len(smtp_server.messages) == 5
    assert set(Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).values_list("state", flat=True)) == {
        "sent"
    }


def test_demo_reply_is_blocked_and_never_sent(shop, box, smtp_server):
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    WorkItem.objects.filter(pk=item.pk).update(is_demo=True)
    item.refresh_from_db()
    delivery = send_reply(actor=shop.agent, item=item, text="Hello").delivery
    assert (delivery.state, delivery.block_reason) == ("blocked", "demo")
    assert send_one(delivery.pk) == ""
    assert smtp_server.messages == []


def test_attachment_and_names_with_html_arrive_as_text(reply, smtp_server):
    from halkhata.foundation.files.services.storing import store_file

    file = store_file(name="মূল্য তালিকা.pdf", data=b"%PDF-1.4 test")
    delivery = reply('<img src="//e/x"> & more', files=[file])
    assert send_one(delivery.pk) == "sent"
    mail = smtp_server.wait_for(1)[0].message
    assert "<img" not in mail.get_body(("html",)).get_content()
    [attached] = list(mail.iter_attachments())
    assert (attached.get_filename(), attached.get_content()) == ("মূল্য তালিকা.pdf", b"%PDF-1.4 test")
