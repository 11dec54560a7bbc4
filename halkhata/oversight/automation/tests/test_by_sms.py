"""A complaint that lives by SMS: told what happens, asked how it was, asked whether it still holds, registered by a
keyword (A52.15, A52.16, A53.2, A55.1, US-08)."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse
from halkhata.desks.tickets.jobs import ask_by_text
from halkhata.desks.tickets.models import Category, DeskSettings, Ticket
from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.tests.conftest import RESOLUTION, make_ticket
from halkhata.engines.messaging.models import Delivery, Message, Template, TextMessage
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.text_arriving import receive_text
from halkhata.engines.messaging.services.text_replies import note_answers_gone
from halkhata.engines.messaging.services.texting_settings import save_texting
from halkhata.engines.messaging.services.texts import mark_sent_by_hand
from halkhata.engines.messaging.text_registry import Carried, TextCarrier, text_carriers
from halkhata.engines.work.models import SlaClock, WorkItem
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.text import to_bengali_digits
from halkhata.oversight.automation.reactions.register_by_sms import read_day, serial_and_day

# Sunday, 10 o'clock in Dhaka, the shop is open.
SUNDAY = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PHONE, NUMBER = "01100000021", "+8801100000021"


@pytest.fixture
def texts_ready(db):
    """What is prepared, not what is sent."""
    create_default_templates()
    with mock.patch("halkhata.foundation.core.jobs.worker.Worker._claim", return_value=[]):
        yield


def at(**later):
    return moved_to(SUNDAY + timedelta(**later))


def text(words, provider_id, *, number=PHONE):
    return receive_text(
        source="sms:1", provider_id=provider_id, from_number=number, to_number="", text=words, at=None, raw=b""
    )


@pytest.fixture
def complaint(desk, texts_ready):
    with at():
        made = Ticket.objects.get(number=text("The fridge does not cool", "m1").ticket)
        run_until_quiet()
    return made


def told(occasion):
    return TextMessage.objects.filter(cause__contains=f":{occasion}").order_by("pk")


def resolve(desk, ticket):
    return resolve_ticket(
        actor=desk.agent, ticket=ticket, category=Category.objects.get(code="product-fault"),
        **{**RESOLUTION, "delay_reason": "staff_short"},
    )  # fmt: skip


def test_whoever_writes_by_sms_is_told_by_sms_once(complaint):
    one = told("received").get()
    assert (one.state, one.to_address, one.segments) == ("prepared", NUMBER, 1)
    assert one.text.startswith(f"We received your complaint {complaint.number}.")
    # Without a gateway nothing is said to have gone, and no mail is written that could not go either.
    assert not Delivery.objects.exists()
    run_until_quiet()
    assert told("received").count() == 1


def test_text_of_the_shop_for_sms_takes_the_place_of_the_first_one(desk, texts_ready):
    Template.objects.create(code="received", channel="sms", language="en", body="{{ number }} noted.")
    with at():
        ticket = Ticket.objects.get(number=text("The fridge does not cool", "m1").ticket)
        run_until_quiet()
    assert told("received").get().text == f"{ticket.number} noted."
    Template.objects.update(is_active=False)
    with at(hours=1):
        text("My oven", "m2", number="01100000022")
        run_until_quiet()
    assert told("received").count() == 1


def test_solved_by_sms_asks_for_one_digit_which_is_the_answer_once(desk, complaint):
    with at(hours=1):
        resolve(desk, complaint)
        run_until_quiet()
        assert told("resolved").count() == 1
        asked = TextMessage.objects.get(cause__startswith="survey:")
        invitation = SurveyInvitation.objects.get()
        assert (asked.purpose, asked.state, asked.cause) == ("survey", "prepared", f"survey:{invitation.pk}:sms")
        # Nobody has read the question yet: the digit is a message, and opens the complaint again as any other.
        assert text("5", "m2").outcome == "reply_added"
        resolve(desk, Ticket.objects.get())
        run_until_quiet()
        mark_sent_by_hand(actor=desk.agent, pk=asked.pk)
        result = text(" ৪ ", "m3")
    assert (result.outcome, result.ticket) == ("survey_answered", complaint.number)
    answer = SurveyResponse.objects.get()
    assert (answer.score, answer.invitation_id) == (4, invitation.pk)
    assert TextMessage.objects.filter(cause=f"survey:{invitation.pk}:sms:thanks").count() == 1
    # It stands in the thread and wakes nothing.
    assert Message.objects.get(text="৪").is_automatic
    assert WorkItem.objects.get(pk=complaint.pk).state == "resolved"
    with at(hours=2):
        assert text("2", "m4").outcome == "reply_added"
    assert SurveyResponse.objects.get().score == 4


def test_digit_after_seven_days_is_a_message(desk, complaint):
    with at(hours=1):
        resolve(desk, complaint)
        run_until_quiet()
        mark_sent_by_hand(actor=desk.agent, pk=TextMessage.objects.get(cause__startswith="survey:").pk)
    with at(days=7, hours=2):
        assert text("5", "m2").outcome != "survey_answered"
    assert not SurveyResponse.objects.exists()


def test_customer_with_an_address_is_mailed_and_texted_only_where_the_shop_says_so(desk, rahima, texts_ready):
    rahima.contact_points.filter(kind="phone").update(is_reachable=True)
    with at():
        make_ticket(desk, rahima)
        run_until_quiet()
        assert (Delivery.objects.count(), TextMessage.objects.count()) == (1, 0)
        save_texting(actor=desk.owner, price=None, news="also")
        make_ticket(desk, rahima, "The oven")
        run_until_quiet()
    assert (Delivery.objects.count(), TextMessage.objects.count()) == (2, 1)


def test_answer_by_sms_keeps_the_promise_only_when_it_has_gone(desk, complaint):
    agent = complaint.owner
    with at(minutes=10):
        message = answer_ticket(actor=agent, ticket=complaint, text="We come at ten.", by_text=NUMBER)
        sent = TextMessage.objects.get(message=message)
        assert (message.channel, message.to_addresses, sent.state) == ("sms", [NUMBER], "prepared")
        assert note_answers_gone() == 0
        assert SlaClock.objects.get(item_id=complaint.pk, metric="first").stopped_at is None
        mark_sent_by_hand(actor=desk.agent, pk=sent.pk)
    with at(minutes=20):
        assert (note_answers_gone(), note_answers_gone()) == (1, 0)
    clock = SlaClock.objects.get(item_id=complaint.pk, metric="first")
    assert (clock.state, clock.stopped_at) == ("met", SUNDAY + timedelta(minutes=10))
    with pytest.raises(DomainError, match="no number"):
        answer_ticket(actor=agent, ticket=complaint, text="Hello", by_text="+8801100000099")
    assert Message.objects.filter(conversation__item=complaint, direction="out", is_automatic=False).count() == 1


def test_page_offers_sms_chosen_when_the_customer_wrote_by_sms(desk, complaint, client_as):
    page = client_as(desk.agent).get(f"/tickets/{complaint.number}/")
    assert page.status_code == 200
    assert f'<option value="{NUMBER}" selected>' in page.content.decode()
    answer = {"body": "We come at ten.", "by_text": NUMBER, "seen": Message.objects.last().pk, "state_seen": "new"}
    assert client_as(desk.agent).post(f"/tickets/{complaint.number}/reply/", answer).status_code == 302
    assert TextMessage.objects.get(cause__startswith="message:").text == "We come at ten."


def test_follow_up_goes_by_sms_where_a_gateway_carries_it_else_it_stays_a_call(desk, complaint):
    DeskSettings.objects.update_or_create(pk=1, defaults={"follow_up_by": "text"})
    with at(hours=1):
        resolve(desk, complaint)
        run_until_quiet()
    first = WorkItem.objects.filter(kind="follow_up").order_by("planned_at").first()
    with moved_to(first.planned_at + timedelta(minutes=1)):
        assert ask_by_text.func() == 0
        carrier = TextCarrier(can_carry=lambda message: True, carry=lambda message, text: (Carried.SENT, ""))
        with mock.patch.dict(text_carriers._entries, {"sms": carrier}):
            assert (ask_by_text.func(), ask_by_text.func()) == (1, 0)
    first.refresh_from_db()
    sent = TextMessage.objects.get(cause=f"{first.cause}:sms")
    assert (first.state, sent.state, sent.purpose) == ("cancelled", "queued", "notice")
    assert sent.text.startswith(f"{complaint.number}: is it still solved?")


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["%d-%m-%Y", "%d/%m/%y", "%d.%m.%Y", "%Y-%m-%d"])
)
def test_day_behind_the_serial_is_read_as_people_write_it(day, shape):
    shown = day.strftime(shape)
    assert read_day(shown) == day
    assert serial_and_day(to_bengali_digits(f"sn-{1000} {shown}")) == ("sn-1000", day)


@pytest.mark.parametrize("words", ["", "when?", "কবে শেষ", "abc"])
def test_word_without_a_serial_behind_it_is_a_question(words):
    assert serial_and_day(words) == ("", None)
