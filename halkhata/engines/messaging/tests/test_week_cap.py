"""So many messages a week to one customer by all ways together, counted on their own calendar (E.14)."""

import contextlib
import threading
from datetime import UTC, datetime
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import IntegrityError, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from halkhata.engines.messaging.models import ContactRules, Delivery, TextMessage
from halkhata.engines.messaging.services import mail_checks, sending, text_gate, text_sending
from halkhata.engines.messaging.services.contact_rules import save_contact_rules
from halkhata.engines.messaging.services.deciding import send_again
from halkhata.engines.messaging.services.send_checks import week_began
from halkhata.engines.messaging.services.sending import put_abandoned_in_doubt, send_one
from halkhata.engines.messaging.services.smtp import SmtpResult, Verdict
from halkhata.engines.messaging.services.text_sending import send_text_now
from halkhata.engines.messaging.tests.checked_mail import (
    at,
    gateway,
    make_customer,
    make_item,
    put_mail,
    put_text,
)
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.engines.messaging.text_registry import Carried, TextCarrier, text_carriers
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.records.customers.merging.merge import merge_customers

pytestmark = pytest.mark.django_db

REFUSING = TextCarrier(can_carry=lambda message: True, carry=lambda message, text: (Carried.REFUSED, ""))
NOON = at("2026-11-23T12:00")


@pytest.fixture(autouse=True)
def shop_at_work(shop, settings):
    settings.BASE_URL = "https://shop.example.com"
    make_mailbox(shop)


@pytest.fixture
def answers(monkeypatch):
    """What the server says, one answer after the other; then it takes everything."""
    said = []

    def deliver(mailbox, *, recipients, data):
        return said.pop(0) if said else SmtpResult(verdict=Verdict.SENT, code=250)

    monkeypatch.setattr(sending, "deliver", deliver)
    return said


def _send(delivery):
    return send_one(delivery.pk)


def test_third_of_a_week_is_kept_back_whatever_way_the_others_went(shop, answers):
    item = make_item(shop, make_customer(shop))
    with moved_to(NOON), gateway() as texts:
        assert _send(put_mail(item, "m:1")) == "sent"
        assert send_text_now(put_text(item, "t:1").pk) == "sent"
        assert put_mail(item, "m:2").block_reason == put_text(item, "t:2").rule == "week_cap"
        # The customer's own matter goes on.
        assert _send(put_mail(item, "own", "service")) == "sent"
    assert len(texts) == 1


def test_of_five_in_line_two_go_and_the_worker_keeps_three_back(shop, answers):
    item = make_item(shop, make_customer(shop))
    with moved_to(NOON):
        line = [put_mail(item, f"m:{number}") for number in range(5)]
        assert {delivery.state for delivery in line} == {"queued"}
        assert [_send(delivery) for delivery in line] == ["sent", "sent", "blocked", "blocked", "blocked"]
    assert set(Delivery.objects.filter(state="blocked").values_list("block_reason", flat=True)) == {"week_cap"}


def test_other_customers_have_a_week_of_their_own(shop, answers):
    item = make_item(shop, make_customer(shop))
    other = make_item(shop, make_customer(shop, mail="nila@example.com", phone="+8801100000032"))
    with moved_to(NOON):
        assert [_send(put_mail(item, f"m:{number}")) for number in range(2)] == ["sent", "sent"]
        assert _send(put_mail(other, "n", address="nila@example.com")) == "sent"


def test_merged_rows_are_one_customer(shop, answers):
    one = make_customer(shop)
    other = make_customer(shop, mail="nila@example.com", phone="+8801100000032")
    item, others = make_item(shop, one), make_item(shop, other)
    with moved_to(NOON):
        assert _send(put_mail(item, "m")) == "sent"
        assert _send(put_mail(others, "n", address="nila@example.com")) == "sent"
        merge_customers(actor=shop.owner, survivor=one, merged=other)
        item.refresh_from_db()
        assert put_mail(item, "o").block_reason == "week_cap"


# The week ends with a midnight of the customer's own


@pytest.mark.parametrize(
    ("zone", "went", "then", "goes"),
    [
        # Seven days of the calendar: what came with the first minute of Monday counts until Sunday is over.
        ("Asia/Dhaka", "2026-11-23T00:00:00", "2026-11-29T23:59:59", False),
        ("Asia/Dhaka", "2026-11-23T00:00:00", "2026-11-30T00:00:00", True),
        ("Asia/Dhaka", "2026-11-22T23:59:59", "2026-11-29T00:00:00", True),
        ("Asia/Dhaka", "2026-11-22T23:59:59", "2026-11-28T23:59:59", False),
        # The same instants are another day elsewhere.
        ("America/New_York", "2026-11-23T00:00:00", "2026-11-29T23:59:59", False),
        ("America/New_York", "2026-11-23T00:00:00", "2026-11-30T00:00:00", True),
        # Over the night in which the clocks change.
        ("America/New_York", "2026-10-28T00:00:00", "2026-11-03T23:59:59", False),
        ("America/New_York", "2026-10-28T00:00:00", "2026-11-04T00:00:00", True),
        ("Europe/London", "2027-03-22T00:00:00", "2027-03-28T23:59:59", False),
        ("Europe/London", "2027-03-22T00:00:00", "2027-03-29T00:00:00", True),
    ],
)
def test_week_ends_to_the_second_on_the_customers_own_clock(shop, answers, zone, went, then, goes):
    save_contact_rules(actor=shop.owner, a_week=1)
    item = make_item(shop, make_customer(shop, zone=zone))
    with moved_to(at(went, zone)):
        assert _send(put_mail(item, "m:1")) == "sent"
    with moved_to(at(then, zone)):
        assert put_mail(item, "m:2").block_reason == ("" if goes else "week_cap")


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    zone=st.sampled_from(["Asia/Dhaka", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_week_begins_with_a_midnight_six_days_ago(moment, zone):
    began = week_began(moment, (zone,)).astimezone(ZoneInfo(zone))
    today = moment.astimezone(ZoneInfo(zone)).date()
    assert (today - began.date()).days == 6
    assert (began.hour, began.minute, began.second, began.microsecond) == (0, 0, 0, 0)


def test_where_only_a_country_of_several_zones_is_known_the_earliest_midnight_counts():
    moment = at("2026-11-29T02:59:59", "America/New_York")
    # In Los Angeles it is still Sunday's eve.
    assert week_began(moment, ("America/New_York", "America/Los_Angeles")) == at(
        "2026-11-22T00:00", "America/Los_Angeles"
    )


# What did not go does not count


def test_mail_that_did_not_get_through_gives_its_place_back(shop, answers):
    save_contact_rules(actor=shop.owner, a_week=1)
    item = make_item(shop, make_customer(shop))
    answers += [SmtpResult(verdict=Verdict.TRY_LATER, code=451), SmtpResult(verdict=Verdict.REFUSED, code=554)]
    with moved_to(NOON):
        first, second, third = (put_mail(item, f"m:{number}") for number in range(3))
        assert [_send(first), _send(second), _send(third)] == ["queued", "failed", "sent"]
    assert list(Delivery.objects.exclude(counted_at=None)) == [third]


def test_mail_in_doubt_counts_and_sent_again_it_is_the_same_one(shop, answers):
    save_contact_rules(actor=shop.owner, a_week=1)
    item = make_item(shop, make_customer(shop))
    answers += [SmtpResult(verdict=Verdict.IN_DOUBT)]
    with moved_to(NOON):
        delivery, other = put_mail(item, "m"), put_mail(item, "n")
        assert [_send(delivery), _send(other)] == ["in_doubt", "blocked"]
        with pytest.raises(Conflict, match="week_cap"):
            send_again(actor=shop.owner, delivery=other)
        Delivery.objects.filter(pk=delivery.pk).update(counted_at=None)
        send_again(actor=shop.owner, delivery=delivery)
        assert _send(delivery) == "sent"


def test_worker_that_dies_while_sending_leaves_it_counted(shop, answers, monkeypatch):
    save_contact_rules(actor=shop.owner, a_week=1)
    item = make_item(shop, make_customer(shop))

    def die(mailbox, *, recipients, data):
        raise KeyboardInterrupt

    with moved_to(NOON):
        delivery = put_mail(item, "m")
        monkeypatch.setattr(sending, "deliver", die)
        with pytest.raises(KeyboardInterrupt):
            _send(delivery)
    with moved_to(at("2026-11-23T13:00")):
        assert put_abandoned_in_doubt() == 1
        assert put_mail(item, "n").block_reason == "week_cap"


def test_text_that_is_refused_by_the_gateway_gives_its_place_back(shop):
    item = make_item(shop, make_customer(shop))
    text_carriers.register("sms", REFUSING)
    try:
        with moved_to(NOON):
            message = put_text(item, "t")
            assert send_text_now(message.pk) == "failed"
    finally:
        del text_carriers._entries["sms"]
    assert TextMessage.objects.get().counted_at is None


# Several workers at once


@pytest.mark.django_db(transaction=True)
# SQLite has one writer.
@pytest.mark.postgres_only
@pytest.mark.parametrize(("lock", "states"), [("on", ["refused", "sent"]), ("off", ["sent", "sent"])])
def test_two_workers_at_once_find_room_for_one_more_only_without_the_lock(shop, answers, monkeypatch, lock, states):
    """A mail and a text to one customer, the last place of the week; the twin without the lock sends both."""
    item = make_item(shop, make_customer(shop))
    with gateway():
        with moved_to(NOON):
            assert _send(put_mail(item, "m:0")) == "sent"
            mail, text = put_mail(item, "m:1"), put_text(item, "t:1")
        counted, results = threading.Barrier(2), []
        ask = mail_checks.ask_all

        def ask_and_wait(contact):
            verdict = ask(contact)
            # Both count before one of them is done; with the lock the second is not let in until the first has ended.
            with contextlib.suppress(threading.BrokenBarrierError):
                counted.wait(2)
            return verdict

        def work(send, pk):
            try:
                with moved_to(NOON):
                    results.append(send(pk))
            finally:
                connections.close_all()

        monkeypatch.setattr(mail_checks, "ask_all", ask_and_wait)
        monkeypatch.setattr(text_gate, "ask_all", ask_and_wait)
        if lock == "off":
            monkeypatch.setattr(mail_checks, "lock_values", lambda values: None)
            monkeypatch.setattr(text_sending, "lock_values", lambda values: None)
        threads = [threading.Thread(target=work, args=pair) for pair in ((send_one, mail.pk), (send_text_now, text.pk))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted("refused" if state == "blocked" else state for state in results) == states


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_no_more_than_the_week_has_room_for(shop, answers):
    """On either database, with nothing slowed down."""
    item = make_item(shop, make_customer(shop))
    with moved_to(NOON):
        line = [put_mail(item, f"m:{number}") for number in range(6)]
    start, left = threading.Barrier(4), list(line)

    def work():
        try:
            start.wait(10)
            with moved_to(NOON):
                while left:
                    with contextlib.suppress(IndexError):
                        send_one(left.pop().pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    states = sorted(Delivery.objects.values_list("state", flat=True))
    assert states == ["blocked"] * 4 + ["sent"] * 2


# The settings


def test_rules_are_set_with_their_bounds_and_written_down(shop):
    with pytest.raises(PermissionRefused):
        save_contact_rules(actor=shop.agent, a_week=3)
    for values, code in (
        ({"a_week": 0}, "out_of_bounds"),
        ({"a_week": 51}, "out_of_bounds"),
        ({"a_week": 3, "quiet_from": NOON.time()}, "no_span"),
        ({"a_week": 3, "quiet_from": NOON.time(), "quiet_until": NOON.time()}, "no_span"),
        ({"a_week": 3, "version": 7}, "changed_meanwhile"),
    ):
        with pytest.raises(DomainError, match=code):
            save_contact_rules(actor=shop.owner, **values)
    assert not AuditEntry.objects.filter(action="contact_rules.save").exists()
    save_contact_rules(actor=shop.owner, a_week=3, version=1)
    entry = AuditEntry.objects.get(action="contact_rules.save")
    assert (entry.before, entry.after) == ({"a_week": 2, "quiet": "21:00-09:00"}, {"a_week": 3, "quiet": ""})
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactRules.objects.update(a_week=0)


@pytest.mark.parametrize("language", ["en", "bn"])
def test_page_shows_and_keeps_the_rules(shop, client_as, language):
    browser = client_as(shop.owner, language=language)
    page = browser.get("/messages/settings/contact/").content.decode()
    assert 'value="21:00"' in page
    assert 'value="09:00"' in page
    wrong = browser.post("/messages/settings/contact/", {"a_week": "99", "version": "1"})
    assert wrong.status_code == 422
    typed = {"a_week": "৪", "quiet_from": "20:00", "quiet_until": "10:00", "version": "1"}
    assert browser.post("/messages/settings/contact/", typed).status_code == 302
    row = ContactRules.objects.get()
    assert (row.a_week, f"{row.quiet_from:%H:%M}", f"{row.quiet_until:%H:%M}") == (4, "20:00", "10:00")
    assert browser.post("/messages/settings/contact/", typed).status_code == 409


def test_what_went_before_the_update_counts_from_its_first_day(shop, answers):
    """Migration 0018: a shop that is updated does not begin the week anew."""
    item = make_item(shop, make_customer(shop))
    at_work = now().replace(hour=6, minute=0, second=0, microsecond=0)
    with moved_to(at_work), gateway():
        mail, text, own = put_mail(item, "m"), put_text(item, "t"), put_mail(item, "own", "service")
        assert [_send(mail), send_text_now(text.pk), _send(own)] == ["sent"] * 3
    Delivery.objects.update(counted_at=None)
    TextMessage.objects.update(counted_at=None)
    import_module("halkhata.engines.messaging.migrations.0018_count_what_went").count(apps, None)
    assert list(Delivery.objects.order_by("pk").values_list("counted_at", flat=True)) == [at_work, None]
    assert TextMessage.objects.get().counted_at == at_work
