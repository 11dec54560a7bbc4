"""Short texts: their size, what carries them, who may look at a code, and that nothing invented ever goes out."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import Mailbox, Message, TextMessage
from halkhata.engines.messaging.services.text_sending import hold_texts_after_restore, put_dead_in_doubt, send_text_now
from halkhata.engines.messaging.services.texts import (
    look_at_code,
    mark_sent_by_hand,
    prepare_text,
    withdraw_expired,
    withdraw_texts,
    words_of,
)
from halkhata.engines.messaging.text_registry import Carried, TextCarrier, text_carriers
from halkhata.engines.messaging.texting.segments import sms_size
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import Conflict, NotFound, PermissionRefused
from halkhata.foundation.core.models import Job
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_role, make_user

PHONE = "01100000021"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", ("gsm7", 0, 0)),
        ("a" * 160, ("gsm7", 160, 1)),
        ("a" * 161, ("gsm7", 161, 2)),
        ("a" * 306, ("gsm7", 306, 2)),
        ("a" * 307, ("gsm7", 307, 3)),
        ("{" * 80, ("gsm7", 160, 1)),
        # An escape sequence is not cut: 76 of two septets fit into a part of 153, not 76 and a half.
        ("{" * 81, ("gsm7", 162, 2)),
        ("{" * 153, ("gsm7", 306, 3)),
        ("ক" * 70, ("ucs2", 70, 1)),
        ("ক" * 71, ("ucs2", 71, 2)),
        ("ক" * 134, ("ucs2", 134, 2)),
        ("ক" * 135, ("ucs2", 135, 3)),
        # A letter beyond the first plane has two units and is not cut either.
        ("😀" * 35, ("ucs2", 70, 1)),
        ("😀" * 67, ("ucs2", 134, 3)),
        ("a" * 69 + "ক", ("ucs2", 70, 1)),
    ],
)
@pytest.mark.one_database
def test_sms_has_the_parts_that_the_standard_says(text, size):
    found = sms_size(text)
    assert (found.encoding, found.units, found.segments) == size


@pytest.fixture
def ticket(shop):
    customer = create_customer(actor=shop.agent, name_en="Selim Test", phones=[PHONE], branch=shop.branch)
    return open_ticket(
        actor=shop.agent, subject="The fan stopped", customer=customer, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent,
    )  # fmt: skip


def code_for(item, cause="follow:1:sms", **values):
    return prepare_text(
        item=item, channel="sms", to_address="+8801100000021", text="482913 is your code", cause=cause, purpose="code",
        expires_at=now() + timedelta(minutes=10), **values,
    )  # fmt: skip


def test_without_a_gateway_it_is_prepared_and_nothing_is_in_line(ticket):
    message = prepare_text(item=ticket, channel="sms", to_address="+8801100000021", text="আপনার ফ্যান তৈরি।", cause="n:1")
    assert (message.state, message.encoding, message.segments) == ("prepared", "ucs2", 1)
    assert not Job.objects.filter(task__contains="send_text").exists()
    again = prepare_text(item=ticket, channel="sms", to_address="+8801100000099", text="else", cause="n:1")
    assert again.pk == message.pk
    assert TextMessage.objects.get().to_address == "+8801100000021"


def test_code_never_stands_in_the_clear_and_is_gone_once_it_has_ended(shop, ticket):
    message = code_for(ticket)
    assert "482913" not in repr(TextMessage.objects.values().get())
    assert words_of(message) == "482913 is your code"
    withdraw_texts(["follow:1:sms"])
    gone = TextMessage.objects.get()
    assert (gone.state, gone.sealed_text, words_of(gone)) == ("withdrawn", "", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        TextMessage.objects.filter(pk=gone.pk).update(sealed_text="left over")
    with pytest.raises(IntegrityError), transaction.atomic():
        TextMessage.objects.filter(pk=gone.pk).update(text="in the clear")


def test_each_look_at_a_code_is_written_down_without_the_code(shop, ticket):
    message = code_for(ticket)
    for person in (shop.agent, shop.agent2):
        assert look_at_code(actor=person, pk=message.pk)[1] == "482913 is your code"
    entries = AuditEntry.objects.filter(action="text.code_shown")
    assert sorted(entries.values_list("actor_id", flat=True)) == sorted([shop.agent.pk, shop.agent2.pk])
    assert all("482913" not in repr(entry.__dict__) and PHONE[1:] not in repr(entry.__dict__) for entry in entries)


def test_code_is_not_for_everybody(shop, ticket):
    message = code_for(ticket)
    blind = make_user(
        "blind", branch=shop.branch, role=make_role("blind", level=1, scope="branch", permissions=["ticket.reply"])
    )
    far = make_user("far", branch=shop.branch, role=make_role("far", level=1, scope="own", permissions=[
        "ticket.reply", "customer.see_private"]))  # fmt: skip
    with pytest.raises(PermissionRefused):
        look_at_code(actor=blind, pk=message.pk)
    with pytest.raises(NotFound):
        look_at_code(actor=far, pk=message.pk)
    with pytest.raises(NotFound):
        look_at_code(actor=shop.agent, pk=message.pk + 1)
    assert not AuditEntry.objects.filter(action="text.code_shown").exists()


def test_code_that_has_run_out_is_shown_to_nobody_and_forgotten(shop, ticket):
    message = code_for(ticket)
    with moved_to(now() + timedelta(minutes=10, seconds=1)):
        with pytest.raises(Conflict):
            look_at_code(actor=shop.agent, pk=message.pk)
        with pytest.raises(Conflict):
            mark_sent_by_hand(actor=shop.agent, pk=message.pk)
        assert withdraw_expired() == 1
    message.refresh_from_db()
    assert (message.state, message.sealed_text) == ("withdrawn", "")


def test_sending_by_hand_is_noted_once_with_who_did_it(shop, ticket):
    message = code_for(ticket)
    mark_sent_by_hand(actor=shop.agent, pk=message.pk)
    message.refresh_from_db()
    assert (message.state, message.settled_by, message.sealed_text) == ("by_hand", shop.agent, "")
    with pytest.raises(Conflict):
        mark_sent_by_hand(actor=shop.agent2, pk=message.pk)
    assert AuditEntry.objects.filter(action="text.sent_by_hand").count() == 1


@pytest.fixture
def gateway():
    """A gateway for SMS, plugged in for one test: what it was given, and what it answers."""
    box = {"sent": [], "answer": (Carried.SENT, "ok")}

    def carry(message, text):
        box["sent"].append((message.to_address, text, message.cause))
        return box["answer"]

    text_carriers.register("sms", TextCarrier(can_carry=lambda message: True, carry=carry))
    yield box
    del text_carriers._entries["sms"]


def test_gateway_that_is_plugged_in_carries_each_text_once(ticket, gateway):
    message = code_for(ticket)
    assert (message.state, Job.objects.filter(task__contains="send_text").count()) == ("queued", 1)
    assert (send_text_now(message.pk), send_text_now(message.pk)) == ("sent", "")
    assert gateway["sent"] == [("+8801100000021", "482913 is your code", "follow:1:sms")]
    message.refresh_from_db()
    assert (message.state, message.sealed_text) == ("sent", "")


@pytest.mark.parametrize(("answer", "state"), [("refused", "failed"), ("in_doubt", "in_doubt")])
def test_refused_and_doubtful_texts_are_not_tried_again(ticket, gateway, answer, state):
    gateway["answer"] = (Carried(answer), "no such number")
    message = code_for(ticket)
    assert (send_text_now(message.pk), send_text_now(message.pk)) == (state, "")
    message.refresh_from_db()
    assert (message.said, message.sealed_text) == ("no such number", "")


def test_text_that_could_not_leave_comes_back_and_then_gives_up(ticket, gateway):
    gateway["answer"] = (Carried.TRY_LATER, "busy")
    message = code_for(ticket)
    for _try in range(4):
        with pytest.raises(OSError, match="try later"):
            send_text_now(message.pk)
    assert send_text_now(message.pk) == "failed"
    assert len(gateway["sent"]) == 5


def test_text_whose_sender_died_is_in_doubt_and_goes_nowhere(ticket, gateway):
    message = code_for(ticket)
    TextMessage.objects.update(state="sending", lease_until=now() - timedelta(seconds=1))
    assert put_dead_in_doubt() == 1
    message.refresh_from_db()
    assert (message.state, message.sealed_text, gateway["sent"]) == ("in_doubt", "", [])


def test_expired_code_is_not_sent_any_more(ticket, gateway):
    message = code_for(ticket)
    with moved_to(now() + timedelta(minutes=11)):
        assert send_text_now(message.pk) == ""
    assert gateway["sent"] == []


def test_nothing_invented_is_ever_put_in_line(shop, gateway):
    invented = open_ticket(
        actor=shop.agent, subject="Invented", customer=None, channel="phone", branch=shop.branch, owner=shop.agent,
        is_demo=True,
    )  # fmt: skip
    message = code_for(invented)
    assert message.state == "prepared"
    assert send_text_now(message.pk) == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        TextMessage.objects.update(state="queued")
    with pytest.raises(Conflict):
        mark_sent_by_hand(actor=shop.owner, pk=message.pk)
    assert gateway["sent"] == []


def test_code_by_mail_goes_out_on_its_own_and_leaves_nothing_in_the_thread(shop, ticket, smtp_server):
    Mailbox.objects.create(
        name="Help", address="help@padma.example.com", branch=shop.branch, is_default=True,
        smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_security="none",
    )  # fmt: skip
    message = prepare_text(
        item=ticket, channel="email", to_address="selim@example.com", text="482913 is your code",
        subject="Your code", cause="follow:1:email", purpose="code", expires_at=now() + timedelta(minutes=10),
    )  # fmt: skip
    assert message.state == "queued"
    assert (send_text_now(message.pk), send_text_now(message.pk)) == ("sent", "")
    mail = smtp_server.wait_for(1)[0].message
    assert mail["To"] == "selim@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "482913" in mail.get_body(("plain",)).get_content()
    assert not Message.objects.filter(text__contains="482913").exists()


def test_after_a_restore_codes_are_gone_and_what_was_on_its_way_is_in_doubt(ticket, gateway):
    code_for(ticket)
    notice = prepare_text(item=ticket, channel="sms", to_address="+8801100000021", text="Ready", cause="n:1")
    hold_texts_after_restore(now())
    states = dict(TextMessage.objects.values_list("cause", "state"))
    assert states == {"follow:1:sms": "withdrawn", notice.cause: "in_doubt"}


# Pages


def test_code_shows_on_the_ticket_page_and_in_the_list_only_after_a_press(shop, ticket, client_as):
    message = code_for(ticket)
    client = client_as(shop.agent)
    for path in (f"/tickets/{ticket.number}/", "/messages/texts/"):
        page = client.get(path).content.decode()
        assert "Show the code" in page
        assert "482913" not in page
    shown = client.post(f"/messages/texts/{message.pk}/code/")
    assert "482913" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert client.get(f"/messages/texts/{message.pk}/code/").status_code == 405
    assert client.post(f"/messages/texts/{message.pk}/sent/").status_code == 302
    assert "Show the code" not in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_page_of_texts_is_not_for_whoever_sees_no_numbers(shop, ticket, client_as):
    message = code_for(ticket)
    role = make_role("blind", level=1, scope="all", permissions=["ticket.view", "ticket.reply"])
    client = client_as(make_user("blind", branch=shop.branch, role=role))
    assert client.get("/messages/texts/").status_code == 403
    assert client.post(f"/messages/texts/{message.pk}/code/").status_code == 403
    assert "Show the code" not in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_list_of_texts_costs_the_same_whatever_its_length(shop, ticket, client_as, django_assert_max_num_queries):
    client = client_as(shop.agent)
    for number in range(60):
        code_for(ticket, cause=f"follow:{number}:sms")
    with django_assert_max_num_queries(12):
        page = client.get("/messages/texts/")
    assert page.content.decode().count("Show the code") == 50
