"""What customers write by SMS: kept first, processed once, put where it belongs (A52.1, US-25)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import Conversation, InboundText, MailLimits, Message, TextMessage
from halkhata.engines.messaging.services import text_arriving
from halkhata.engines.messaging.services.text_arriving import process_text, receive_text, store_text
from halkhata.engines.messaging.services.text_quarantine import release_text, set_text_aside, try_text_again
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_jobs import process_waiting_texts
from halkhata.engines.messaging.texting.keywords import one_digit, refs_in, says_no, wants_no_offers
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.text import to_bengali_digits
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.models import ConsentEvent, DoNotContact

PHONE = "01100000021"
NUMBER = "+8801100000021"


def text(words, *, number=PHONE, provider_id="m1", source="sms:1", **values):
    given_values = {"to_number": "+8809600000000", "at": now(), "raw": b"{}", **values}
    return receive_text(source=source, provider_id=provider_id, from_number=number, text=words, **given_values)


@pytest.fixture
def selim(shop):
    return create_customer(actor=shop.agent, name_en="Selim Test", phones=[PHONE], branch=shop.branch, language="en")


@pytest.fixture
def ticket(shop, selim):
    return open_ticket(
        actor=shop.agent, subject="The fan stopped", customer=selim, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent,
    )  # fmt: skip


@pytest.mark.django_db
def test_text_of_a_stranger_opens_a_ticket_and_makes_a_customer(shop):
    result = text("ফ্যান ঘুরছে না")
    ticket = Ticket.objects.get()
    assert (result.outcome, result.ticket, result.customer) == ("ticket_opened", ticket.number, ticket.customer_id)
    assert (ticket.channel, ticket.subject, ticket.branch_id) == ("sms", "ফ্যান ঘুরছে না", shop.branch.pk)
    assert (ticket.customer.language, ticket.customer.preferred_channel) == ("bn", "sms")
    assert list(ticket.customer.contact_points.values_list("value", flat=True)) == [NUMBER]
    message = Message.objects.get(direction="in")
    assert (message.channel, message.from_address, message.text) == ("sms", NUMBER, "ফ্যান ঘুরছে না")
    # A phone number never becomes the address that mail goes to.
    assert Conversation.objects.get().customer_address == ""
    row = InboundText.objects.get()
    assert (row.state, row.outcome, row.message_id) == ("processed", "ticket_opened", message.pk)
    assert bytes(row.body) == b"{}"


@pytest.mark.django_db
def test_text_told_twice_is_one_ticket(shop):
    first, second = text("The fan stopped"), text("The fan stopped", raw=b'{"retry": 1}')
    assert (second.outcome, second.ticket) == ("duplicate", first.ticket)
    assert InboundText.objects.count() == Ticket.objects.count() == Message.objects.filter(direction="in").count() == 1


@pytest.mark.django_db
def test_id_that_comes_back_with_other_words_is_another_text(shop):
    text("The fan stopped")
    assert text("It is in Dhaka").outcome == "reply_added"
    assert InboundText.objects.count() == 2


@pytest.mark.django_db
def test_without_an_id_the_same_words_are_one_text_for_ten_minutes(shop):
    first = text("OK", provider_id="")
    assert text("OK", provider_id="").outcome == "duplicate"
    with moved_to(now() + timedelta(minutes=11)):
        later = text("OK", provider_id="")
    assert (later.outcome, later.ticket) == ("reply_added", first.ticket)
    assert InboundText.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "number", "reason"),
    [("", PHONE, "empty"), (" \n", PHONE, "empty"), ("Tk 500 received", "bKash", "no_number"), ("Hi", "", "no_number"),
     ("Hi", "16247", "no_number")],
)  # fmt: skip
def test_text_that_nobody_could_answer_waits_in_view(shop, words, number, reason):
    result = text(words, number=number)
    assert (result.outcome, result.reason, result.ticket) == ("quarantined", reason, None)
    assert InboundText.objects.get().state == "quarantined"
    assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_answer_to_our_text_goes_into_its_thread(shop, ticket):
    prepare_text(item=ticket, channel="sms", to_address=NUMBER, text="We come tomorrow.", cause="n:1")
    result = text("Please come at ten")
    assert (result.outcome, result.ticket) == ("reply_added", ticket.number)
    assert Ticket.objects.count() == 1
    assert ticket.history.filter(kind="customer_message").count() == 1


@pytest.mark.django_db
def test_first_text_of_a_known_number_opens_a_ticket_that_may_belong_to_the_open_one(shop, ticket):
    result = text("When do you come?")
    opened = Ticket.objects.get(number=result.ticket)
    assert (result.outcome, opened.customer_id, opened.may_belong_to_id) == (
        "ticket_opened", ticket.customer_id, ticket.pk,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("shown", ["{}", "my no. is {}, please hurry", "#{}"])
def test_number_of_an_own_ticket_leads_there_in_either_digits(shop, ticket, shown):
    assert text(shown.format(to_bengali_digits(ticket.number))).ticket == ticket.number


@pytest.mark.django_db
def test_number_of_somebody_elses_ticket_leads_nowhere(shop, ticket):
    result = text(f"About {ticket.number}", number="01100000099")
    assert (result.outcome, result.ticket != ticket.number) == ("ticket_opened", True)
    assert Ticket.objects.get(number=result.ticket).may_belong_to_id is None
    assert not Message.objects.filter(conversation__item=ticket, direction="in").exists()


@pytest.mark.django_db
def test_acknowledgement_goes_by_sms_once_and_says_the_number(shop):
    from halkhata.desks.tickets.events import TicketOpened
    from halkhata.desks.tickets.handlers import acknowledge_ticket

    ticket = Ticket.objects.get(number=text("The fan stopped").ticket)
    event = TicketOpened(
        ticket_id=ticket.pk, number=ticket.number, kind="complaint", channel="sms", customer_id=ticket.customer_id,
        owner_id=ticket.owner_id, team_id=ticket.team_id, branch_id=ticket.branch_id, acknowledge=True,
    )  # fmt: skip
    acknowledge_ticket(event)
    acknowledge_ticket(event)
    told = TextMessage.objects.filter(cause=f"ticket:{ticket.pk}:received:sms")
    # The shop of the tests has no texts at all: it wants no acknowledgement, by mail or by SMS.
    assert told.count() == 0
    from halkhata.engines.messaging.services.defaults import create_default_templates

    create_default_templates()
    acknowledge_ticket(event)
    acknowledge_ticket(event)
    one = told.get()
    assert (one.state, one.to_address, one.purpose) == ("prepared", NUMBER, "notice")
    assert ticket.number in one.text
    assert one.message.is_automatic
    assert (one.message.channel, one.message.direction) == ("sms", "out")
    assert not Message.objects.filter(conversation__item=ticket, channel="email").exists()


@pytest.mark.django_db
def test_number_hears_no_more_from_us_by_itself_than_an_address(shop, ticket):
    from halkhata.engines.messaging.services.defaults import create_default_templates
    from halkhata.engines.messaging.services.text_news import send_automatic_text

    create_default_templates()
    MailLimits.objects.create(per_address=2)
    sent = [
        send_automatic_text(item=ticket, code="received", number=NUMBER, cause=f"t:{one}", language="en")
        for one in range(3)
    ]
    assert [one is not None for one in sent] == [True, True, False]
    assert TextMessage.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["STOP", " stop. ", "বন্ধ", "বন্ধ করুন"])
def test_stop_ends_offers_for_the_number_and_is_confirmed_once(shop, selim, words):
    result = text(words)
    assert (result.outcome, result.customer) == ("offers_stopped", selim.pk)
    assert not Ticket.objects.exists()
    acts = ConsentEvent.objects.filter(customer=selim).values_list("purpose", "channel", "act")
    assert sorted(acts) == [
        ("loyalty", "sms", "withdrawn"), ("marketing", "sms", "withdrawn"), ("survey", "sms", "withdrawn"),
    ]  # fmt: skip
    assert set(DoNotContact.objects.values_list("channel", flat=True)) == {"sms"}
    assert text(words, provider_id="m2").outcome == "offers_stopped"
    confirmed = TextMessage.objects.get()
    assert (confirmed.customer_id, confirmed.purpose, confirmed.to_address) == (selim.pk, "notice", NUMBER)


@pytest.mark.django_db
def test_no_is_an_answer_unless_our_last_text_was_an_offer(shop, ticket):
    asked = prepare_text(item=ticket, channel="sms", to_address=NUMBER, text="Is it solved?", cause="n:1")
    TextMessage.objects.filter(pk=asked.pk).update(state="sent")
    assert (text("না").outcome, ConsentEvent.objects.count()) == ("reply_added", 0)
    TextMessage.objects.filter(pk=asked.pk).update(purpose="offer")
    assert text("না", provider_id="m2").outcome == "offers_stopped"


@pytest.mark.django_db
def test_same_words_again_and_again_are_a_machine(shop):
    results = [text("Auto reply: away", provider_id=f"m{one}").outcome for one in range(6)]
    assert results == ["ticket_opened", *["reply_added"] * 4, "loop_stopped"]
    assert InboundText.objects.filter(state="quarantined").count() == 1


@pytest.mark.django_db
def test_text_that_breaks_processing_is_tried_five_times_and_then_waits_in_view(shop, monkeypatch):
    def breaks(row):
        raise RuntimeError("broken")

    monkeypatch.setattr(text_arriving, "place_text", breaks)
    result = text("The fan stopped")
    row = InboundText.objects.get()
    assert (result.outcome, result.reason, row.state, row.attempts) == ("quarantined", "will_be_retried", "stored", 1)
    for again in range(4):
        with moved_to(now() + timedelta(hours=again + 1)):
            process_waiting_texts.func()
    row.refresh_from_db()
    assert (row.state, row.reason, row.attempts, row.text) == ("quarantined", "failed_often", 5, "The fan stopped")
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_text_stored_by_a_process_that_died_is_taken_up_again(shop):
    row, _new = store_text(
        source="sms:1", provider_id="m1", from_number=PHONE, to_number="", text="Hello", at=None, raw=b""
    )
    assert process_waiting_texts.func() == 0
    with moved_to(now() + timedelta(minutes=2)):
        assert process_waiting_texts.func() == 1
    assert process_text(row.pk).outcome == "ticket_opened"
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_waiting_text_is_put_on_a_ticket_or_becomes_one(shop, ticket):
    lost = InboundText.objects.get(pk=text("Tk 500 received", number="bKash").text_id)
    with pytest.raises(PermissionRefused):
        release_text(actor=shop.agent, pk=lost.pk, item=ticket)
    with pytest.raises(DomainError, match="Nobody can answer"):
        release_text(actor=shop.lead, pk=lost.pk)
    assert release_text(actor=shop.lead, pk=lost.pk, item=ticket).pk == ticket.pk
    with pytest.raises(Conflict):
        release_text(actor=shop.lead, pk=lost.pk, item=ticket)
    assert Message.objects.filter(conversation__item=ticket, text="Tk 500 received").count() == 1
    other = text("", provider_id="m2").text_id
    set_text_aside(actor=shop.lead, pk=other, note="Nothing in it")
    assert InboundText.objects.get(pk=other).state == "discarded"
    assert try_text_again(actor=shop.lead, pk=text("", provider_id="m3").text_id).reason == "empty"


@pytest.mark.django_db
def test_page_of_waiting_texts_shows_them_with_one_press(shop, client_as):
    pk = text("Tk 500 received", number="bKash").text_id
    client = client_as(shop.lead)
    page = client.get("/messages/quarantine/texts/")
    assert page.status_code == 200
    assert "Tk 500 received" in page.content.decode()
    assert client.post(f"/messages/quarantine/texts/{pk}/aside/", {"note": "Advertising"}).status_code == 302
    assert InboundText.objects.get(pk=pk).state == "discarded"
    assert "Advertising" in client.get("/messages/quarantine/texts/?box=aside").content.decode()


@given(st.integers(0, 9), st.sampled_from(["{}", " {} ", "{}.", "({})", "\n{}!"]), st.booleans())
def test_one_digit_is_read_in_either_script_and_nothing_else_is_one(digit, shape, bengali):
    shown = to_bengali_digits(str(digit)) if bengali else str(digit)
    assert one_digit(shape.format(shown)) == digit
    assert one_digit(shape.format(shown) + "x") is None
    assert one_digit(shown + shown) is None


@given(st.text(max_size=200))
def test_any_words_are_read_without_breaking(words):
    assert one_digit(words) in {None, *range(10)}
    assert len(refs_in(words)) <= 5
    assert not (wants_no_offers(words) and says_no(words))


@given(st.integers(1, 10**9), st.sampled_from(["K-{}", "k {}", "about K{} please", "#K-{}."]), st.booleans())
def test_number_of_a_ticket_is_found_in_a_sentence(number, shape, bengali):
    shown = to_bengali_digits(str(number)) if bengali else str(number)
    assert f"K-{number}" in refs_in(shape.format(shown))
