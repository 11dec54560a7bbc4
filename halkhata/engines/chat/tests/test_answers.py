"""Answering by chat: the window, approved texts, how far a message has come, and what nobody can know (A52.20)."""

from datetime import timedelta

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.chat.models import ChatDelivery, ChatIdentity, ChatTemplate
from halkhata.engines.chat.services import sending
from halkhata.engines.chat.services.answering import answer_by_chat, answer_by_template, filled_text
from halkhata.engines.chat.services.sending import decide, put_abandoned_in_doubt, send_one
from halkhata.engines.chat.tests.fake_meta import error
from halkhata.engines.chat.tests.hooks import RAHIM, make_account, page_hook, told, wa_message, wa_status
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.registry import channel_windows
from halkhata.engines.work.models import Notification, SlaClock, WorkEvent
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(whatsapp):
    """Rahim has written just now. Returns (ticket, identity)."""
    told(whatsapp, wa_message())
    return Ticket.objects.get(), ChatIdentity.objects.get()


def answer(shop, asked, text="আজ বিকেলে লোক যাবে।", **more):
    ticket, identity = asked
    return answer_by_chat(actor=shop.agent, item=ticket, identity=identity, text=text, **more)


def sent(shop, asked):
    message = answer(shop, asked)
    delivery = ChatDelivery.objects.get(message=message)
    assert send_one(delivery.pk) == "sent"
    delivery.refresh_from_db()
    return delivery


def meanwhile(monkeypatch, happen):
    """Something happens between Meta's taking a message and our writing it down."""
    real = sending.call

    def call(*arguments, **more):
        result = real(*arguments, **more)
        happen()
        return result

    monkeypatch.setattr(sending, "call", call)


def late(identity, **ago):
    ChatIdentity.objects.filter(pk=identity.pk).update(last_wrote_at=now() - timedelta(**ago))
    identity.refresh_from_db()


def test_answer_goes_to_the_number_and_keeps_the_promise(shop, asked, meta):
    delivery = sent(shop, asked)
    assert meta.posts == [
        {
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": RAHIM, "type": "text",
            "biz_opaque_callback_data": delivery.key,
            "text": {"body": "আজ বিকেলে লোক যাবে।", "preview_url": False},
        }
    ]  # fmt: skip
    assert delivery.remote_id == "wamid.OUT1"
    ticket = Ticket.objects.get()
    assert ticket.state == "open"
    assert SlaClock.objects.get(item=ticket, metric="first").state == "met"
    assert WorkEvent.objects.filter(kind="human_reply").count() == 1
    assert send_one(delivery.pk) == ""
    assert len(meta.posts) == 1


def test_who_hides_the_number_is_reached_by_the_id(shop, whatsapp, meta):
    told(whatsapp, wa_message(number="", user_id="BD.99"))
    sent(shop, (Ticket.objects.get(), ChatIdentity.objects.get()))
    assert (meta.posts[0]["recipient"], "to" in meta.posts[0]) == ("BD.99", False)


def test_news_lead_forward_only(shop, asked, whatsapp, meta):
    delivery = sent(shop, asked)
    for status in ("read", "delivered", "sent", "failed"):
        told(whatsapp, wa_status("wamid.OUT1", status))
        delivery.refresh_from_db()
        assert delivery.state == "read"


def test_failure_told_later_tells_the_owner(shop, asked, whatsapp, meta):
    delivery = sent(shop, asked)
    told(whatsapp, wa_status("wamid.OUT1", "failed", errors=[{"code": 131026, "title": "Undeliverable"}]))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.fault, delivery.said) == ("failed", "not_there", "131026 Undeliverable")
    assert Notification.objects.filter(verb="chat.failed").count() == 1


def test_news_before_our_own_answer_are_found_by_the_key(shop, asked, whatsapp, meta, monkeypatch):
    delivery = ChatDelivery.objects.get(message=answer(shop, asked))
    meanwhile(monkeypatch, lambda: told(whatsapp, wa_status("wamid.OUT1", "delivered", key=delivery.key)))
    assert send_one(delivery.pk) == "delivered"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.remote_id) == ("delivered", "wamid.OUT1")


@pytest.mark.parametrize(("ago", "goes"), [({"hours": 23, "minutes": 50}, True), ({"hours": 24}, False)])
def test_free_text_goes_for_24_hours(shop, asked, meta, ago, goes):
    late(asked[1], **ago)
    if goes:
        assert sent(shop, asked).state == "sent"
        return
    with pytest.raises(Conflict) as refusal:
        answer(shop, asked)
    assert refusal.value.code == "window_closed"
    assert (Message.objects.filter(direction="out").count(), ChatDelivery.objects.count()) == (0, 0)
    assert WorkEvent.objects.filter(kind="human_reply").count() == 0


def test_window_that_closes_while_it_waits_stops_the_text(shop, asked, meta):
    delivery = ChatDelivery.objects.get(message=answer(shop, asked))
    late(asked[1], hours=25)
    assert send_one(delivery.pk) == "failed"
    delivery.refresh_from_db()
    assert (delivery.fault, meta.posts) == ("window", [])


def test_approved_text_goes_when_the_window_is_closed(shop, asked, whatsapp, meta):
    ticket, identity = asked
    late(identity, days=9)
    text = ChatTemplate.objects.create(
        account=whatsapp, name="visit_day", language="bn", body="{{1}}, আপনার {{2}} তৈরি।", gaps=2, state="approved"
    )
    message = answer_by_template(
        actor=shop.agent, item=ticket, identity=identity, template=text, values=["রহিম", "{{1}}"]
    )
    assert message.text == "রহিম, আপনার {{1}} তৈরি।"
    assert send_one(message.chat_delivery.pk) == "sent"
    assert meta.posts[0]["template"] == {
        "name": "visit_day", "language": {"code": "bn"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "রহিম"}, {"type": "text", "text": "{{1}}"}]}
        ],
    }  # fmt: skip


def test_text_that_is_not_approved_or_not_filled_is_refused(shop, asked, whatsapp):
    ticket, identity = asked
    text = ChatTemplate.objects.create(account=whatsapp, name="x", body="{{1}}", gaps=1, state="pending")
    call = {"actor": shop.agent, "item": ticket, "identity": identity, "template": text}
    with pytest.raises(DomainError, match="not_approved"):
        answer_by_template(**call, values=["a"])
    ChatTemplate.objects.update(state="approved")
    with pytest.raises(DomainError, match="gap_empty"):
        answer_by_template(**call, values=[" "])
    assert ChatDelivery.objects.count() == 0


def test_gaps_are_filled_once():
    text = ChatTemplate(body="{{1}} {{11}} {{ 2 }} {{x}} {{", gaps=2)
    assert filled_text(text, ["{{2}}", "b"]) == "{{2}} {{11}} b {{x}} {{"


def test_messenger_answers_as_a_person_for_seven_days(shop, messenger, meta):
    told(messenger, page_hook(message={"mid": "mid.1", "text": "দাম কত?"}))
    asked = Ticket.objects.get(), ChatIdentity.objects.get()
    sent(shop, asked)
    late(asked[1], days=6, hours=23)
    message = answer(shop, asked, text="আরেকটি কথা")
    assert send_one(message.chat_delivery.pk) == "sent"
    first, second = meta.posts
    assert (first["messaging_type"], first["recipient"]) == ("RESPONSE", {"id": "PSID7"})
    assert (second["messaging_type"], second["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    late(asked[1], days=7)
    with pytest.raises(Conflict):
        answer(shop, asked, text="তৃতীয়")


def test_echo_of_our_own_answer_is_not_a_second_one(shop, messenger, meta, monkeypatch):
    told(messenger, page_hook(message={"mid": "mid.1", "text": "দাম কত?"}))
    delivery = ChatDelivery.objects.get(message=answer(shop, (Ticket.objects.get(), ChatIdentity.objects.get())))
    echo = {"sender": {"id": messenger.external_id}, "recipient": {"id": "PSID7"}}
    body = {"mid": "mid.OUT1", "text": "x", "is_echo": True, "metadata": delivery.key}
    # It may come before Meta's answer to the call itself.
    meanwhile(monkeypatch, lambda: told(messenger, page_hook(message=body, **echo)))
    assert send_one(delivery.pk) == "sent"
    assert Message.objects.filter(direction="out").count() == 1
    told(messenger, page_hook(read={"watermark": int(now().timestamp() * 1000) + 1000}))
    delivery.refresh_from_db()
    assert delivery.state == "read"


@pytest.mark.parametrize(
    ("reply", "state", "fault"),
    [
        ((400, error(131047, "Re-engagement message")), "failed", "window"),
        ((400, error(131026, "Undeliverable")), "failed", "not_there"),
        ((429, error(130429, "Rate limit hit")), "queued", "busy"),
        ((401, error(190, "Token expired", 463)), "queued", "token"),
        ((503, b"later"), "queued", "http"),
        ((500, b"oops"), "in_doubt", "http"),
        ((200, b"not json"), "in_doubt", "no_answer"),
    ],
)
def test_what_meta_answers_decides(shop, asked, meta, reply, state, fault):
    delivery = ChatDelivery.objects.get(message=answer(shop, asked))
    meta.answer = reply
    assert send_one(delivery.pk) == state
    delivery.refresh_from_db()
    assert (delivery.state, delivery.fault) == (state, fault)


def test_doubt_is_settled_by_news_or_by_a_person(shop, asked, whatsapp, meta):
    delivery = ChatDelivery.objects.get(message=answer(shop, asked))
    meta.answer = (500, b"oops")
    send_one(delivery.pk)
    assert Notification.objects.filter(verb="chat.in_doubt").count() == 1
    told(whatsapp, wa_status("wamid.X", "delivered", key=delivery.key))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.remote_id) == ("delivered", "wamid.X")
    with pytest.raises(Conflict):
        decide(actor=shop.agent, delivery=delivery, went=False)


def test_person_may_send_again_what_is_in_doubt(shop, asked, meta):
    delivery = ChatDelivery.objects.get(message=answer(shop, asked))
    meta.answer = (500, b"oops")
    send_one(delivery.pk)
    meta.answer = None
    decide(actor=shop.agent, delivery=delivery, went=False)
    assert send_one(delivery.pk) == "sent"
    keys = [body["biz_opaque_callback_data"] for body in meta.posts]
    assert len(set(keys)) == 2


def test_dead_sender_leaves_a_doubt_and_no_second_try(shop, asked, meta):
    delivery = ChatDelivery.objects.get(message=answer(shop, asked))
    ChatDelivery.objects.update(state="sending", lease_until=now() - timedelta(seconds=1), locked_by="dead")
    assert put_abandoned_in_doubt() == 1
    assert send_one(delivery.pk) == ""
    delivery.refresh_from_db()
    assert (delivery.state, delivery.fault, meta.posts) == ("in_doubt", "worker_stopped", [])


def test_same_answer_pressed_twice_is_one_and_news_hold_it_back(shop, asked, whatsapp):
    seen = Message.objects.latest("id").pk
    first = answer(shop, asked, seen=seen)
    assert answer(shop, asked, seen=seen) == first
    told(whatsapp, wa_message("থাক, লাগবে না", wamid="wamid.2"))
    with pytest.raises(Conflict) as refusal:
        answer(shop, asked, text="অন্য কথা", seen=first.pk)
    assert refusal.value.code == "newer_message"
    assert ChatDelivery.objects.count() == 1


def test_who_may_not_or_does_not_see_it_sends_nothing(shop, asked):
    ticket, identity = asked
    stranger = ChatIdentity.objects.create(account=identity.account, user_id="BD.5")
    with pytest.raises(NotFound):
        answer(shop, (ticket, stranger))
    shop.agent.role.permissions = [one for one in shop.agent.role.permissions if one != "ticket.reply"]
    shop.agent.role.save()
    with pytest.raises(PermissionRefused):
        answer(shop, asked)
    assert ChatDelivery.objects.count() == 0


def test_invented_account_never_sends(shop, meta):
    account = make_account(shop, url=meta.url, is_demo=True)
    identity = ChatIdentity.objects.create(account=account, number=f"+{RAHIM}", customer=None, last_wrote_at=now())
    from halkhata.engines.chat.models import ChatEvent
    from halkhata.engines.chat.services.placing import place_message

    event = ChatEvent.objects.create(
        account=account, key="m:1", kind="message", happened_at=now(), received_at=now(),
        body={"message": {"id": "wamid.1", "from": RAHIM, "type": "text", "text": {"body": "Hi"}}},
    )  # fmt: skip
    place_message(event)
    ticket = Ticket.objects.get()
    assert (ticket.is_demo, ticket.customer.is_demo) == (True, True)
    message = answer(shop, (ticket, identity))
    assert message.chat_delivery.state == "blocked"
    assert send_one(message.chat_delivery.pk) == ""
    assert meta.posts == []


def test_window_of_whatsapp_is_declared_for_what_advertises(asked):
    declared = channel_windows.get("whatsapp")
    assert declared.length == timedelta(hours=24)
    assert declared.last_from([asked[0].customer_id]) == asked[1].last_wrote_at


def test_late_message_does_not_close_the_window(shop, whatsapp):
    told(whatsapp, wa_message())
    before = ChatIdentity.objects.get().last_wrote_at
    with moved_to(now() + timedelta(minutes=1)):
        told(whatsapp, wa_message("আগের", wamid="wamid.0", at=before - timedelta(hours=30)))
    assert ChatIdentity.objects.get().last_wrote_at == before
