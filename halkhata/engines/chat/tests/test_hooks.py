"""Webhooks: who may tell, what is kept, each thing once (B75, F13, US-45)."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.chat.models import ChatEvent, ChatIdentity, ChatMessage
from halkhata.engines.chat.tests.hooks import RAHIM, page_hook, post, sign, told, wa_message, wa_status, work
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.models import WorkEvent
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


def test_verification_gives_the_challenge_back_to_who_knows_the_word(whatsapp):
    ask = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    right = Client().get("/chat/hooks/hook-whatsapp/", ask | {"hub.verify_token": "our-word"})
    assert (right.status_code, right.content) == (200, b"1158201444")
    assert Client().get("/chat/hooks/hook-whatsapp/", ask | {"hub.verify_token": "other"}).status_code == 401
    assert Client().get("/chat/hooks/nobody/", ask | {"hub.verify_token": "our-word"}).status_code == 401


def test_forged_hooks_leave_no_row(whatsapp):
    body = json.dumps(wa_message()).encode()
    assert post(whatsapp, body, signature="") == 401
    assert post(whatsapp, body, secret="another") == 401
    assert post(whatsapp, body[:-1] + b" }", signature=sign(body)) == 401
    # The same JSON written anew is other bytes.
    again = json.dumps(json.loads(body), indent=1).encode()
    assert post(whatsapp, again, signature=sign(body)) == 401
    assert post(whatsapp, b"x" * (3 * 1024 * 1024 + 1)) == 413
    assert ChatEvent.objects.count() == 0


def test_account_out_of_use_takes_nothing(whatsapp):
    whatsapp.is_active = False
    whatsapp.save()
    assert post(whatsapp, wa_message()) == 401
    assert ChatEvent.objects.count() == 0


def test_first_message_opens_a_ticket_and_the_next_one_goes_on(whatsapp, shop):
    told(whatsapp, wa_message("ফ্রিজ ঠান্ডা হয় না\nদুই দিন ধরে"))
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject, ticket.team) == ("whatsapp", "ফ্রিজ ঠান্ডা হয় না", shop.team)
    assert ticket.customer.name_en == "Rahim"
    assert ticket.customer.contact_points.get().value == "+8801712345678"
    told(whatsapp, wa_message("কেউ আসবে?", wamid="wamid.2"))
    assert Ticket.objects.count() == 1
    texts = list(Message.objects.order_by("id").values_list("direction", "channel", "text"))
    assert texts == [
        ("in", "whatsapp", "ফ্রিজ ঠান্ডা হয় না\nদুই দিন ধরে"),
        ("in", "whatsapp", "কেউ আসবে?"),
    ]
    assert WorkEvent.objects.filter(kind="customer_message").count() == 1


def test_replayed_hooks_change_nothing(whatsapp):
    hook = wa_message()
    told(whatsapp, hook)
    told(whatsapp, hook)
    whatsapp_again = wa_message("ফ্রিজ ঠান্ডা হয় না", at=now() - timedelta(days=6))
    told(whatsapp, whatsapp_again)
    assert (ChatEvent.objects.count(), Message.objects.count(), Ticket.objects.count()) == (1, 1, 1)


def test_known_number_joins_the_customer(whatsapp, shop):
    known = create_customer(actor=shop.agent, name_bn="রহিম মিয়া", phones=["01712345678"], branch=shop.branch)
    told(whatsapp, wa_message())
    identity = ChatIdentity.objects.get()
    assert (identity.customer, identity.joined_how) == (known, "number")
    assert Ticket.objects.get().customer == known


def test_without_a_number_the_id_tells_who_it_is(whatsapp):
    told(whatsapp, wa_message(number="", user_id="BD.99", name="Rahim"))
    told(whatsapp, wa_message("আবার", wamid="wamid.2", number="", user_id="BD.99"))
    # Later the number comes along: the same person.
    told(whatsapp, wa_message("আমি", wamid="wamid.3", user_id="BD.99"))
    identity = ChatIdentity.objects.get()
    assert (identity.user_id, identity.number, identity.joined_how) == ("BD.99", f"+{RAHIM}", "new")
    assert (Ticket.objects.count(), Message.objects.count(), Customer.objects.count()) == (1, 3, 1)


def test_number_with_a_new_holder_is_another_person(whatsapp):
    told(whatsapp, wa_message(user_id="BD.1"))
    told(whatsapp, wa_message("নতুন", wamid="wamid.2", user_id="BD.2", name="Karim"))
    rows = list(ChatIdentity.objects.order_by("id").values_list("user_id", "number"))
    assert rows == [("BD.1", ""), ("BD.2", f"+{RAHIM}")]


def test_unknown_kinds_are_kept_and_shown(whatsapp, shop, client_as):
    told(whatsapp, wa_message(type="poll_creation", poll_creation={"name": "x"}))
    chat = ChatMessage.objects.get()
    assert (chat.content, chat.remote_kind, chat.message.text) == ("unknown", "poll_creation", "")
    page = client_as(shop.agent).get(f"/tickets/{Ticket.objects.get().number}/").content.decode()
    assert "A kind of message we cannot show: poll_creation" in page


def test_what_is_not_for_us_is_kept_and_ignored(whatsapp):
    told(whatsapp, {"entry": [{"changes": [{"field": "account_update", "value": {"event": "X"}}]}]})
    told(whatsapp, b"no json")
    assert list(ChatEvent.objects.order_by("id").values_list("kind", "state")) == [("other", "ignored")] * 2
    assert Ticket.objects.count() == 0


def test_message_without_a_sender_waits_in_view(whatsapp, shop, client_as):
    told(whatsapp, wa_message(number="", name=""))
    assert list(ChatEvent.objects.values_list("state", "reason")) == [("waiting", "no_sender")]
    page = client_as(shop.owner).get("/chat/settings/events/").content.decode()
    assert "It does not say who writes" in page


def test_reaction_changes_nothing_but_is_shown(whatsapp):
    told(whatsapp, wa_message(type="reaction", reaction={"message_id": "wamid.0", "emoji": "👍"}))
    assert (Ticket.objects.count(), ChatEvent.objects.get().reason) == (0, "reaction_alone")
    told(whatsapp, wa_message(wamid="wamid.2"))
    told(whatsapp, wa_message(wamid="wamid.3", type="reaction", reaction={"message_id": "wamid.2", "emoji": "👍"}))
    assert list(Message.objects.order_by("id").values_list("text", "is_automatic"))[1] == ("👍", True)


def test_messenger_message_opens_a_ticket(messenger):
    told(messenger, page_hook(message={"mid": "mid.1", "text": "দাম কত?"}))
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject) == ("messenger", "দাম কত?")
    assert ChatIdentity.objects.get().user_id == "PSID7"


def test_answer_from_the_page_app_stands_in_the_thread_and_counts(messenger):
    told(messenger, page_hook(message={"mid": "mid.1", "text": "দাম কত?"}))
    echo = {"sender": {"id": messenger.external_id}, "recipient": {"id": "PSID7"}}
    hook = page_hook(message={"mid": "mid.2", "text": "৪৫,০০০ টাকা", "is_echo": True, "app_id": 1}, **echo)
    told(messenger, hook)
    told(messenger, hook)
    answer = Message.objects.get(direction="out")
    assert (answer.text, answer.channel, answer.counts_as_answer, answer.author) == (
        "৪৫,০০০ টাকা",
        "messenger",
        True,
        None,
    )
    assert WorkEvent.objects.filter(kind="human_reply").count() == 1
    assert Ticket.objects.get().state == "open"


def test_answer_from_elsewhere_to_nobody_we_know_is_ignored(messenger):
    echo = {"sender": {"id": messenger.external_id}, "recipient": {"id": "PSID9"}}
    told(messenger, page_hook(message={"mid": "mid.2", "text": "Hello", "is_echo": True}, **echo))
    assert ChatEvent.objects.get().reason == "answer_without_matter"
    assert Message.objects.count() == 0


def test_news_of_messages_of_others_are_given_up(whatsapp):
    post(whatsapp, wa_status("wamid.elsewhere", "read"))
    for _try in range(5):
        ChatEvent.objects.update(next_try_at=now())
        work()
    assert Counter(ChatEvent.objects.values_list("state", "reason")) == {("ignored", "not_ours"): 1}
