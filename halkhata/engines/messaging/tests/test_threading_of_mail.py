"""Which ticket a mail joins, and who may write into it (A52.2, B66 to B68)."""

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.keys import thread_key
from halkhata.engines.messaging.mime.threading import make_token, plus_address
from halkhata.engines.messaging.models import Conversation, Message
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.tests.mails import KARIM, SHOP, make_mailbox, raw_mail
from halkhata.engines.work.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(shop):
    make_mailbox(shop)
    result = ingest(raw_mail())
    assert result.outcome == "ticket_opened"
    item = WorkItem.objects.get(number=result.ticket)
    reply = send_reply(actor=shop.agent, item=item, text="We look at it today.")
    return item, reply, Conversation.objects.get(item=item)


def _token_mail(opened, sender):
    _item, _reply, conversation = opened
    return raw_mail(
        "More news", number=2, sender=sender, subject="other words",
        to=plus_address(SHOP, make_token(conversation.pk, thread_key())),
    )  # fmt: skip


BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
ROADS = {
    "token": _token_mail,
    "in_reply_to": lambda opened, sender: raw_mail(
        "More news", number=2, sender=sender, subject="other words", in_reply_to=opened[1].message_id
    ),
    "references": lambda opened, sender: raw_mail(
        "More news", number=2, sender=sender, subject="other words",
        references=f"<unknown@example.com> {opened[1].message_id}",
    ),
    "own earlier mail": lambda opened, sender: raw_mail(
        "More news", number=2, sender=sender, subject="other words", in_reply_to="<mail-1@example.com>"
    ),
    "tag": lambda opened, sender: raw_mail("More news", number=2, sender=sender, subject=f"Re: [{opened[0].number}]"),
    "tag in Bengali": lambda opened, sender: raw_mail(
        "আরও খবর", number=2, sender=sender,
        subject="উত্তর [ক-{}]".format(opened[0].number.partition("-")[2].translate(BENGALI)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("road", ROADS)
def test_customer_by_any_right_road_joins_the_ticket(opened, road):
    item = opened[0]
    result = ingest(ROADS[road](opened, KARIM))
    assert (result.outcome, result.ticket) == ("reply_added", item.number)
    assert Ticket.objects.count() == 1
    assert Message.objects.filter(conversation__item=item, direction="in").count() == 2


@pytest.mark.parametrize("road", ROADS)
def test_stranger_by_a_right_road_gets_a_ticket_that_may_belong_to_it(opened, road):
    item = opened[0]
    before = WorkItem.objects.get(pk=item.pk)
    result = ingest(ROADS[road](opened, "stranger@example.com"))
    assert result.outcome == "ticket_opened"
    assert result.ticket != item.number
    assert Ticket.objects.get(number=result.ticket).may_belong_to_id == item.pk
    after = WorkItem.objects.get(pk=item.pk)
    assert (after.version, after.state, after.last_activity_at) == (
        before.version,
        before.state,
        before.last_activity_at,
    )
    assert Message.objects.filter(conversation__item=item, direction="in").count() == 1


def test_bare_subject_never_joins(opened):
    result = ingest(raw_mail("Another matter altogether", subject="Re: Noise", number=2))
    assert result.outcome == "ticket_opened"
    assert Ticket.objects.count() == 2
    assert Ticket.objects.get(number=result.ticket).may_belong_to is None


def test_forged_token_and_forged_message_id_join_nothing(opened):
    token = make_token(opened[2].pk, b"another key of sixteen bytes")
    for number, mail in enumerate(
        (
            raw_mail("x", number=2, to=plus_address(SHOP, token)),
            raw_mail("y", number=3, in_reply_to=f"<0123456789abcdefghjkmnpqrs.{token}@shop.example.com>"),
        )
    ):
        result = ingest(mail)
        assert result.outcome == "ticket_opened", number
        assert result.ticket != opened[0].number


def test_staff_address_with_the_right_reference_is_no_staff_reply(opened, shop):
    result = ingest(raw_mail("Send me the money", sender=shop.agent.email, number=2, in_reply_to=opened[1].message_id))
    assert (result.outcome, result.reason) == ("quarantined", "staff_unproven")
    assert not Message.objects.filter(text__contains="money").exists()


def test_cc_of_the_customer_joins_nothing_and_gets_nothing(opened):
    ingest(raw_mail("See also my friend", number=2, in_reply_to=opened[1].message_id, cc="friend@example.com"))
    result = ingest(raw_mail("Hello", sender="friend@example.com", number=3, in_reply_to=opened[1].message_id))
    assert result.ticket != opened[0].number
    opened[2].refresh_from_db()
    assert opened[2].customer_address == KARIM


def test_token_wins_over_tag_of_another_ticket(opened):
    other = ingest(raw_mail("Second matter", subject="Brakes squeal", number=7))
    token = make_token(opened[2].pk, thread_key())
    result = ingest(raw_mail("Which?", number=8, to=plus_address(SHOP, token), subject=f"Re: [{other.ticket}]"))
    assert result.ticket == opened[0].number


def test_five_replies_are_one_thread(opened, shop):
    """Each has an id of its own, answers the one before, and names the root (RFC 5322 3.6.4, A52.3)."""
    item = opened[0]
    for number in range(4):
        send_reply(actor=shop.agent, item=item, text=f"News {number}")
    replies = list(
        Message.objects.filter(conversation__item=item, direction="out", author__isnull=False).order_by("id")
    )
    assert len(replies) == 5
    assert len({message.message_id for message in replies}) == 5
    assert replies[0].in_reply_to == "<mail-1@example.com>"
    for earlier, later in zip(replies, replies[1:], strict=False):
        assert later.in_reply_to == earlier.message_id
        assert later.references[0] == "<mail-1@example.com>"
        assert later.references[-1] == earlier.message_id
        assert set(earlier.references) < set(later.references)
    assert {message.subject for message in replies} == {f"Re: Noise [{item.number}]"}


def test_overlong_and_odd_message_ids_never_reach_our_headers(shop):
    make_mailbox(shop)
    long_id = f"<{'a' * 400}@example.com>"
    result = ingest(raw_mail(message_id=long_id, references="<ok@example.com> <[odd space]@x> <বাংলা@example.com>"))
    item = WorkItem.objects.get(number=result.ticket)
    reply = send_reply(actor=shop.agent, item=item, text="Thank you.")
    from halkhata.engines.messaging.services.composing import mail_bytes

    data = mail_bytes(reply.delivery)
    assert b"aaaaaaaaaaaaaaaaaaaaaaa" not in data
    assert data.isascii()
