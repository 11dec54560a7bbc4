"""The gate of offers: held and not lost, refused with words, three a day, and a "no" above all (E.5, E.6, US-25)."""

import contextlib
import threading
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connections, transaction

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import PrayerTimes, TextingSettings, TextMessage
from halkhata.engines.messaging.services import text_sending
from halkhata.engines.messaging.services.contact_rules import save_contact_rules
from halkhata.engines.messaging.services.text_gate import Answer, Gate, ask_gate
from halkhata.engines.messaging.services.text_sending import hold_texts_after_restore, send_text_now
from halkhata.engines.messaging.services.text_writing import write_text
from halkhata.engines.messaging.services.texting_settings import save_prayer_times, save_short_text, save_texting
from halkhata.engines.messaging.services.texts import (
    mark_sent_by_hand,
    prepare_text,
    take_back,
    wake_held,
    withdraw_expired,
)
from halkhata.engines.messaging.text_registry import Carried, TextCarrier, text_carriers
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.models import Job
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.unmerge import unmerge_customer
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.privacy.services.consents import object_to_everything, publish_wording, record_consent
from halkhata.records.privacy.services.erasing import erase_person
from halkhata.records.privacy.services.hours import save_hours
from halkhata.records.privacy.services.stops import stop_contact
from tests.support.fixtures_shop import make_role, make_user

PHONE = "+8801100000021"
OFFER = "ঈদে সব ফ্যানে ১০% ছাড়"
DHAKA = ZoneInfo("Asia/Dhaka")
pytestmark = pytest.mark.django_db


def dhaka(text):
    return datetime.fromisoformat(text).replace(tzinfo=DHAKA)


MORNING = dhaka("2026-11-23T10:00")
NIGHT = dhaka("2026-11-23T22:30")


def agree(shop, customer):
    with moved_to(dhaka("2026-11-01T12:00")):
        record_consent(
            actor=shop.agent, customer=customer, purpose="marketing", channel="sms", act="granted", source="counter"
        )


@pytest.fixture
def ticket(shop):
    publish_wording(actor=shop.owner, purpose="marketing", text_bn="হ্যাঁ", text_en="Yes")
    customer = create_customer(actor=shop.agent, name_en="Selim Test", phones=[PHONE], branch=shop.branch)
    agree(shop, customer)
    # What holds for every way is tried elsewhere (test_send_checks.py, test_week_cap.py).
    save_contact_rules(actor=shop.owner, a_week=50)
    return open_ticket(
        actor=shop.agent, subject="The fan stopped", customer=customer, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent, kind="question",
    )  # fmt: skip


@pytest.fixture
def gateway():
    """A gateway for SMS, plugged in for one test: what it was given."""
    sent = []

    def carry(message, text):
        sent.append((message.to_address, text))
        return Carried.SENT, "ok"

    text_carriers.register("sms", TextCarrier(can_carry=lambda message: True, carry=carry))
    yield sent
    del text_carriers._entries["sms"]


def offer(item, cause="o:1", text=OFFER, phone=PHONE, **values):
    return prepare_text(item=item, channel="sms", to_address=phone, text=text, cause=cause, purpose="offer", **values)


def standing(message):
    message.refresh_from_db()
    return message.state, message.rule


# Hours


def test_offer_at_night_is_held_until_the_morning_and_then_goes_once(ticket, gateway):
    with moved_to(NIGHT):
        message = offer(ticket)
        assert (message.state, message.rule, message.go_at) == ("held", "hours", dhaka("2026-11-24T09:00"))
        assert not Job.objects.filter(task__contains="send_text").exists()
        assert wake_held() == 0
        assert send_text_now(message.pk) == ""
    with moved_to(dhaka("2026-11-24T08:59:59")):
        assert wake_held() == 0
    with moved_to(dhaka("2026-11-24T09:00")):
        assert (wake_held(), wake_held()) == (1, 0)
        assert Job.objects.filter(task__contains="send_text").count() == 1
        assert (send_text_now(message.pk), send_text_now(message.pk)) == ("sent", "")
    assert gateway == [(PHONE, "ঈদে সব ফ্যানে ১০% ছা\u09dc")]
    assert standing(message) == ("sent", "")


def test_offer_that_is_delayed_into_the_night_is_held_at_the_last_step(ticket, gateway):
    with moved_to(MORNING):
        message = offer(ticket)
        assert message.state == "queued"
    with moved_to(dhaka("2026-11-24T00:30")):
        assert send_text_now(message.pk) == "held"
    assert (standing(message), message.go_at, message.lease_until) == (
        ("held", "night"),
        dhaka("2026-11-24T09:00"),
        None,
    )
    assert gateway == []


def test_twin_without_the_gate_sends_at_night(ticket, gateway, monkeypatch):
    with moved_to(MORNING):
        message = offer(ticket)
    monkeypatch.setattr(text_sending, "ask_for", lambda message, at: Answer(Gate.GO))
    with moved_to(dhaka("2026-11-24T00:30")):
        assert send_text_now(message.pk) == "sent"
    assert len(gateway) == 1


def test_codes_and_news_go_at_night(ticket, gateway):
    with moved_to(NIGHT):
        news = prepare_text(item=ticket, channel="sms", to_address=PHONE, text="Your fan is ready", cause="n:1")
        code = prepare_text(
            item=ticket, channel="sms", to_address=PHONE, text="4829", cause="c:1", purpose="code",
        )  # fmt: skip
        assert (send_text_now(news.pk), send_text_now(code.pk)) == ("sent", "sent")
    with pytest.raises(IntegrityError), transaction.atomic():
        TextMessage.objects.filter(pk=news.pk).update(state="held", rule="night", go_at=NIGHT)


def test_prayer_times_of_the_branch_stand_in_place_of_the_countrys(shop, ticket, gateway):
    with moved_to(dhaka("2026-11-23T13:10")):
        assert (offer(ticket, "o:1").rule, offer(ticket, "o:1").go_at) == ("prayer", dhaka("2026-11-23T13:45"))
        save_prayer_times(actor=shop.owner, branch=shop.branch, months=["12:00-12:30, 16:00–16:20"] * 12, friday="")
        assert offer(ticket, "o:2").state == "queued"
    with moved_to(dhaka("2026-11-23T16:05")):
        assert (offer(ticket, "o:3").rule, offer(ticket, "o:3").go_at) == ("prayer", dhaka("2026-11-23T16:20"))
    assert AuditEntry.objects.filter(action="prayer_times.save").count() == 1


def test_shop_sets_its_own_hours_but_never_the_night(shop, ticket, gateway):
    save_texting(actor=shop.owner, price=None, opens=time(5), closes=time(23))
    with moved_to(dhaka("2026-11-24T05:30")):
        assert (offer(ticket, "o:1").rule, offer(ticket, "o:1").go_at) == ("night", dhaka("2026-11-24T06:00"))
    with moved_to(NIGHT):
        assert offer(ticket, "o:2").state == "queued"


@pytest.mark.parametrize(
    ("where", "opens"),
    [
        ("explicit", datetime(2026, 11, 23, 14, tzinfo=UTC)),  # New York
        ("address", datetime(2026, 11, 24, 5, tzinfo=UTC)),  # Dubai
        ("phone", dhaka("2026-11-24T09:00")),
    ],
)
def test_clock_is_what_was_said_then_the_address_then_the_number(shop, ticket, gateway, where, opens):
    customer = ticket.customer
    if where != "phone":
        update_customer(
            actor=shop.agent, customer=customer, version=customer.version, address={"line": "1", "country": "AE"}
        )
    if where == "explicit":
        save_hours(actor=shop.agent, customer=customer, time_zone="America/New_York")
    at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC) if where != "explicit" else datetime(2026, 11, 23, 12, tzinfo=UTC)
    with moved_to(at):
        message = offer(ticket)
    assert (message.state, message.go_at) == ("held", opens)


def test_number_of_no_country_has_the_clock_of_the_company(shop):
    answer = ask_gate(text="x", phone="+88312345678", customer_id=None, branch=shop.branch, at=MORNING)
    assert (answer.clock.source, answer.clock.zones) == ("company", ("Asia/Dhaka",))


def test_customers_own_hours_are_kept(shop, ticket, gateway):
    save_hours(actor=shop.agent, customer=ticket.customer, earliest=time(18), latest=time(20, 30))
    with moved_to(MORNING):
        message = offer(ticket)
    # 18:00 is free in November; 18:30 begins a prayer.
    assert (message.rule, message.go_at) == ("wish", dhaka("2026-11-23T18:00"))
    save_hours(actor=shop.agent, customer=ticket.customer, earliest=time(22), latest=time(23), version=1)
    with moved_to(MORNING):
        assert (offer(ticket, "o:2").state, offer(ticket, "o:2").rule) == ("refused", "no_hour")


# Letters


@pytest.mark.parametrize("text", ["Eid offer: 10% off", "Eid e shob fan e char", "ছাড় on all fans this week only"])
def test_offer_to_bangladesh_in_other_letters_is_refused_and_stands_in_the_list(ticket, gateway, text):
    with moved_to(MORNING):
        message = offer(ticket, text=text)
        assert (message.state, message.rule) == ("refused", "script")
        assert send_text_now(message.pk) == ""
        assert (wake_held(), gateway) == (0, [])


def test_offer_elsewhere_may_be_in_any_letters(shop, ticket, gateway):
    other = create_customer(actor=shop.agent, name_en="Anna Test", phones=["+4915112345678"], branch=shop.branch)
    agree(shop, other)
    ticket.customer = other
    ticket.save(update_fields=["customer"])
    with moved_to(dhaka("2026-11-23T16:00")):  # eleven in Berlin, and a prayer time in Dhaka
        assert offer(ticket, text="Ten percent off", phone="+4915112345678").state == "queued"


# What the customer said counts before everything


def test_stop_is_stronger_than_consent_and_hours(shop, ticket, gateway):
    with moved_to(MORNING):
        message = offer(ticket)
        assert message.state == "queued"
        stop_contact(kind="phone", value=PHONE, channel="sms", purposes=["marketing"], source="link")
        assert send_text_now(message.pk) == "refused"
        assert standing(message) == ("refused", "stopped")
        assert offer(ticket, "o:2").rule == "stopped"
    assert gateway == []


def test_no_said_while_an_offer_is_held_keeps_it_back_for_good(ticket, gateway):
    with moved_to(NIGHT):
        message = offer(ticket)
        object_to_everything(actor=None, customer=ticket.customer, source="phone")
    with moved_to(dhaka("2026-11-24T10:00")):
        assert wake_held() == 1
        assert send_text_now(message.pk) == "refused"
    assert gateway == []


def test_who_never_agreed_gets_no_offer_but_gets_news(shop, ticket, gateway):
    other = create_customer(actor=shop.agent, name_en="Rahima Test", phones=["+8801100000022"], branch=shop.branch)
    ticket.customer = other
    ticket.save(update_fields=["customer"])
    with moved_to(MORNING):
        assert offer(ticket, phone="+8801100000022").rule == "no_consent"
        news = prepare_text(item=ticket, channel="sms", to_address="+8801100000022", text="Ready", cause="n:1")
        assert send_text_now(news.pk) == "sent"


# How many a day


def test_fourth_offer_of_the_day_waits_for_the_next_and_then_goes(ticket, gateway):
    with moved_to(MORNING):
        messages = [offer(ticket, f"o:{number}") for number in range(4)]
        assert [send_text_now(message.pk) for message in messages] == ["sent", "sent", "sent", "held"]
        assert standing(messages[3]) == ("held", "day_limit")
        assert messages[3].go_at == dhaka("2026-11-24T09:00")
        assert offer(ticket, "o:5").rule == "day_limit"
    with moved_to(dhaka("2026-11-24T09:00")):
        assert wake_held() == 2
        assert send_text_now(messages[3].pk) == "sent"
    assert len(gateway) == 4


def test_shop_may_ask_for_fewer_and_never_for_more(shop, ticket, gateway):
    save_texting(actor=shop.owner, price=None, a_day=1)
    with moved_to(MORNING):
        assert send_text_now(offer(ticket, "o:1").pk) == "sent"
        assert offer(ticket, "o:2").state == "held"
        save_texting(actor=shop.owner, price=None, a_day=50)
        later = [offer(ticket, f"o:{number}") for number in (3, 4, 5)]
        assert [send_text_now(message.pk) or message.state for message in later] == ["sent", "sent", "held"]


def test_limit_of_seven_days_lets_the_next_one_go_when_the_first_is_a_week_old(shop, ticket, gateway):
    save_texting(actor=shop.owner, price=None, a_week=2)
    with moved_to(MORNING):
        assert [send_text_now(offer(ticket, f"o:{number}").pk) for number in (1, 2)] == ["sent", "sent"]
        third = offer(ticket, "o:3")
    assert (third.state, third.rule, third.go_at) == ("held", "week_limit", dhaka("2026-11-24T09:00"))
    with moved_to(dhaka("2026-11-29T09:00")):
        assert wake_held() == 1
        assert send_text_now(third.pk) == "held"
    with moved_to(dhaka("2026-11-30T09:00")):
        assert wake_held() == 1
        assert send_text_now(third.pk) == "sent"


def test_news_does_not_count_among_the_offers_of_the_day(ticket, gateway):
    with moved_to(MORNING):
        for number in range(5):
            news = prepare_text(item=ticket, channel="sms", to_address=PHONE, text="Ready", cause=f"n:{number}")
            send_text_now(news.pk)
        assert offer(ticket).state == "queued"


@pytest.mark.django_db(transaction=True)
# SQLite has one writer.
@pytest.mark.postgres_only
@pytest.mark.parametrize(("lock", "states"), [("on", ["held", "sent"]), ("off", ["sent", "sent"])])
def test_two_senders_at_once_find_room_for_one_more_only_without_the_lock(ticket, gateway, monkeypatch, lock, states):
    with moved_to(MORNING):
        messages = [offer(ticket, f"o:{number}") for number in range(4)]
        assert [send_text_now(message.pk) for message in messages[:2]] == ["sent", "sent"]
    counted, results = threading.Barrier(2), []
    ask = text_sending.ask_for

    def ask_and_wait(message, at):
        answer = ask(message, at)
        # Both count before one of them is done; with the lock the second is not let in until the first has ended.
        with contextlib.suppress(threading.BrokenBarrierError):
            counted.wait(2)
        return answer

    def send(pk):
        try:
            with moved_to(MORNING):
                results.append(send_text_now(pk))
        finally:
            connections.close_all()

    monkeypatch.setattr(text_sending, "ask_for", ask_and_wait)
    if lock == "off":
        monkeypatch.setattr(text_sending, "lock_values", lambda values: None)
    threads = [threading.Thread(target=send, args=(message.pk,)) for message in messages[2:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == states


# By hand, taken back, run out, invented


def test_offer_without_a_gateway_is_prepared_and_by_hand_it_passes_the_same_gate(shop, ticket):
    with moved_to(MORNING):
        message = offer(ticket)
        assert message.state == "prepared"
    with moved_to(NIGHT), pytest.raises(Conflict) as refused:
        mark_sent_by_hand(actor=shop.agent, pk=message.pk)
    assert (refused.value.code, refused.value.data["rule"]) == ("not_now", "hours")
    assert standing(message) == ("prepared", "")
    with moved_to(MORNING):
        mark_sent_by_hand(actor=shop.agent, pk=message.pk)
    assert standing(message) == ("by_hand", "")


def test_held_offer_without_a_gateway_waits_for_a_person_in_the_morning(ticket):
    with moved_to(NIGHT):
        message = offer(ticket)
    with moved_to(dhaka("2026-11-24T09:00")):
        assert wake_held() == 1
    assert standing(message) == ("prepared", "")


def test_held_offer_is_taken_back_once_and_news_is_not(shop, ticket, gateway):
    with moved_to(NIGHT):
        message = offer(ticket)
        news = prepare_text(item=ticket, channel="sms", to_address=PHONE, text="Ready", cause="n:1")
        take_back(actor=shop.agent, pk=message.pk)
        with pytest.raises(Conflict):
            take_back(actor=shop.agent, pk=message.pk)
        with pytest.raises(NotFound):
            take_back(actor=shop.agent, pk=news.pk)
    with moved_to(dhaka("2026-11-24T10:00")):
        assert wake_held() == 0
    assert (standing(message), gateway) == (("withdrawn", "hours"), [])
    assert AuditEntry.objects.filter(action="text.taken_back").count() == 1


def test_held_offer_that_has_run_out_does_not_go(ticket, gateway):
    with moved_to(NIGHT):
        message = offer(ticket, expires_at=NIGHT + timedelta(hours=1))
    with moved_to(dhaka("2026-11-24T09:00")):
        assert (withdraw_expired(), wake_held()) == (1, 0)
    assert standing(message)[0] == "withdrawn"


def test_after_a_restore_nobody_knows_whether_a_held_one_went(ticket, gateway):
    with moved_to(NIGHT):
        message = offer(ticket)
        hold_texts_after_restore(NIGHT)
    with moved_to(dhaka("2026-11-24T09:00")):
        assert wake_held() == 0
    assert standing(message)[0] == "in_doubt"


def test_held_row_must_say_why_and_until_when(ticket):
    with moved_to(NIGHT):
        message = offer(ticket)
    for change in ({"rule": ""}, {"go_at": None}, {"state": "refused", "rule": ""}, {"rule": "because"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TextMessage.objects.filter(pk=message.pk).update(**change)


# Writing one, and settings


def test_price_of_all_parts_is_kept_as_it_stood(shop, ticket):
    save_texting(actor=shop.owner, price=Decimal("0.35"), currency="bdt")
    with moved_to(MORNING):
        message = offer(ticket, text="ক" * 135)
    save_texting(actor=shop.owner, price=Decimal(9))
    message.refresh_from_db()
    assert (message.segments, message.price, message.currency) == (3, Decimal("1.05"), "BDT")


def test_offer_in_latin_letters_is_refused_at_the_field(shop, ticket):
    with moved_to(MORNING), pytest.raises(DomainError) as refused:
        write_text(actor=shop.agent, item=ticket, number=PHONE, purpose="offer", text="Eid offer", key="k1")
    assert (refused.value.code, refused.value.field) == ("not_bengali", "text")
    assert not TextMessage.objects.exists()
    with moved_to(MORNING):
        message = write_text(
            actor=shop.agent, item=ticket, number=PHONE, purpose="notice", text="It is ready", key="k1"
        )
        again = write_text(actor=shop.agent, item=ticket, number=PHONE, purpose="notice", text="It is ready", key="k1")
    assert (message.state, again.pk) == ("prepared", message.pk)
    assert AuditEntry.objects.filter(action="text.written").count() == 1


def test_text_goes_only_to_a_number_of_the_customers(shop, ticket):
    with pytest.raises(DomainError) as refused:
        write_text(actor=shop.agent, item=ticket, number="+8801100000099", purpose="notice", text="x", key="k1")
    assert refused.value.field == "number"
    object_to_everything(actor=None, customer=ticket.customer, source="phone")
    with moved_to(MORNING), pytest.raises(DomainError) as refused:
        write_text(actor=shop.agent, item=ticket, number=PHONE, purpose="offer", text=OFFER, key="k2")
    assert refused.value.data["rule"] == "stopped"
    assert not TextMessage.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sender_name": "PADMA MOTORS"}, "sender_name"),  # twelve
        ({"price": Decimal(-1)}, "price"),
        ({"currency": "TAKA"}, "currency"),
        ({"opens": time(9)}, "closes"),
        ({"opens": time(9), "closes": time(9)}, "closes"),
        ({"a_day": 0}, "a_day"),
        ({"a_week": 51}, "a_week"),
    ],
)
def test_channel_that_cannot_be_is_refused_at_its_field(shop, values, field):
    with pytest.raises(DomainError) as refused:
        save_texting(actor=shop.owner, **{"price": None, **values})
    assert refused.value.field == field
    assert not TextingSettings.objects.exists()


def test_sender_of_eleven_letters_is_kept(shop):
    assert save_texting(actor=shop.owner, price=None, sender_name=" PADMA MOTOR ").sender_name == "PADMA MOTOR"
    with pytest.raises(Conflict):
        save_texting(actor=shop.owner, price=None, version=1)
    with pytest.raises(PermissionRefused):
        save_texting(actor=shop.agent, price=None)
    assert TextingSettings.objects.get().sender_name == "PADMA MOTOR"


@pytest.mark.parametrize("line", ["13:00", "13:00-25:00", "13:00-13:00", "soon", "1-2-3", "13:00-13:45 16:00-16:30"])
def test_prayer_times_that_cannot_be_read_are_refused_at_their_month(shop, line):
    with pytest.raises(DomainError) as refused:
        save_prayer_times(actor=shop.owner, branch=shop.branch, months=["", line, *[""] * 10], friday="")
    assert refused.value.field == "month_2"
    assert not PrayerTimes.objects.exists()


def test_prayer_times_are_read_in_bengali_digits_too(shop):
    row = save_prayer_times(actor=shop.owner, branch=shop.branch, months=["১৩:০০-১৩:৪৫"] * 12, friday="")
    assert row.months == [[["13:00", "13:45"]]] * 12


def test_ready_offer_must_be_in_bengali_letters_and_its_name_stands_once(shop):
    with pytest.raises(DomainError) as refused:
        save_short_text(actor=shop.owner, row=None, name="Eid", purpose="offer", language="bn", text="Eid offer")
    assert refused.value.field == "text"
    save_short_text(actor=shop.owner, row=None, name="Eid", purpose="offer", language="bn", text=OFFER)
    with pytest.raises(DomainError) as refused:
        save_short_text(actor=shop.owner, row=None, name="Eid", purpose="notice", language="bn", text="x")
    assert (refused.value.code, refused.value.field) == ("taken", "name")
    with pytest.raises(PermissionRefused):
        save_short_text(actor=shop.agent, row=None, name="B", purpose="notice", language="bn", text="x")


# To a customer, about no item


def test_offer_to_a_customer_without_an_item_passes_the_same_gate(shop, ticket, gateway):
    values = {"customer": ticket.customer, "channel": "sms", "to_address": PHONE, "purpose": "offer"}
    with moved_to(NIGHT):
        held = prepare_text(text=OFFER, cause="campaign:1:1", **values)
        assert (held.state, held.rule, held.item) == ("held", "hours", None)
        assert prepare_text(text="Eid offer", cause="campaign:1:2", **values).rule == "script"
    with moved_to(dhaka("2026-11-24T09:00")):
        assert wake_held() == 1
        assert send_text_now(held.pk) == "sent"
    assert len(gateway) == 1


def test_text_is_about_an_item_or_for_a_customer_and_never_neither(ticket):
    with pytest.raises(IntegrityError), transaction.atomic():
        TextMessage.objects.create(
            channel="email", purpose="notice", to_address="a@example.com", language="bn", cause="x", prepared_at=MORNING
        )
    with moved_to(MORNING):
        message = offer(ticket)
    with pytest.raises(IntegrityError), transaction.atomic():
        TextMessage.objects.filter(pk=message.pk).update(customer=ticket.customer)


def test_text_to_a_customer_is_seen_by_whoever_sees_the_customer(shop, ticket, client_as):
    values = {"customer": ticket.customer, "channel": "sms", "to_address": PHONE, "purpose": "offer"}
    with moved_to(MORNING):
        message = prepare_text(text=OFFER, cause="campaign:1:1", **values)
    page = client_as(shop.agent).get("/messages/texts/").content.decode()
    assert "Selim Test" in page
    elsewhere = Branch.objects.create(name_en="Far", code="far", path="/999/")
    may = make_role("far", level=1, scope="branch", permissions=["ticket.reply", "customer.see_private"])
    stranger = make_user("far", branch=elsewhere, role=may)
    assert "Selim Test" not in client_as(stranger).get("/messages/texts/").content.decode()
    with pytest.raises(NotFound):
        mark_sent_by_hand(actor=stranger, pk=message.pk)
    with moved_to(MORNING):
        answer = client_as(shop.agent).post(f"/messages/texts/{message.pk}/sent/")
    assert answer.url == f"/customers/{ticket.customer_id}/"


def test_texts_move_with_a_merge_and_go_with_an_erasure(shop, ticket):
    other = create_customer(actor=shop.agent, name_en="Selim Two", phones=["+8801100000023"], branch=shop.branch)
    with moved_to(MORNING):
        message = prepare_text(
            customer=other, channel="sms", to_address="+8801100000023", text=OFFER, cause="campaign:1:1",
            purpose="offer",
        )  # fmt: skip
    merge_customers(actor=shop.owner, survivor=ticket.customer, merged=other)
    message.refresh_from_db()
    assert message.customer_id == ticket.customer_id
    unmerge_customer(actor=shop.owner, customer=other)
    message.refresh_from_db()
    assert message.customer_id == other.pk
    erase_person(actor=shop.owner, customer=other)
    assert not TextMessage.objects.filter(pk=message.pk).exists()
