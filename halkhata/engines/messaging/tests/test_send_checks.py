"""Six checks in one order, none ever skipped, in line and again at the door; the customer's own just goes (B.4)."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.desks.disputes.models import Dispute
from halkhata.engines.messaging.choices import BlockReason
from halkhata.engines.messaging.models import Delivery, TextMessage
from halkhata.engines.messaging.services import mail_checks, send_checks, sending, text_gate
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.deciding import send_again
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.send_checks import CHECKS, GO
from halkhata.engines.messaging.services.sending import send_one
from halkhata.engines.messaging.services.smtp import SmtpResult, Verdict
from halkhata.engines.messaging.services.suppression import suppress
from halkhata.engines.messaging.services.text_sending import send_text_now
from halkhata.engines.messaging.services.texts import mark_sent_by_hand
from halkhata.engines.messaging.tests.checked_mail import (
    MAIL,
    PHONE,
    agree,
    at,
    gateway,
    make_customer,
    make_item,
    put_mail,
    put_text,
    window,
)
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.engines.messaging.text_choices import TextRule
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.models import Job
from halkhata.records.privacy.models import ConsentEvent
from halkhata.records.privacy.services.stops import stop_contact

pytestmark = pytest.mark.django_db

NOON, NIGHT = at("2026-11-23T12:00"), at("2026-11-23T22:30")
# What can stand against a message, in the order of the checks, and what it is called then.
AGAINST = {
    "said_no": "withdrawn",
    "stopped": "stopped",
    "complains": "complaint",
    "heard_enough": "week_cap",
    "night": "quiet",
    "closed": "window",
}


@pytest.fixture(autouse=True)
def shop_at_work(shop, settings):
    settings.BASE_URL = "https://shop.example.com"
    make_mailbox(shop)


@pytest.fixture
def customer(shop):
    return make_customer(shop)


@pytest.fixture
def item(shop, customer):
    return make_item(shop, customer)


@pytest.fixture
def sent(monkeypatch):
    """What the server got."""
    got = []

    def deliver(mailbox, *, recipients, data):
        got.append(data)
        return SmtpResult(verdict=Verdict.SENT, code=250)

    monkeypatch.setattr(sending, "deliver", deliver)
    return got


def _arrange(shop, customer, item, facts, *, by):
    """Make the facts true. ``by``: email or sms."""
    if "said_no" in facts:
        # Without the stop that comes with a "no": that one is a fact of its own.
        ConsentEvent.objects.create(
            customer=customer, purpose="marketing", channel=by, act="withdrawn", source="phone", at=NOON,
        )  # fmt: skip
    if "stopped" in facts:
        kind, value = ("email", MAIL) if by == "email" else ("phone", PHONE)
        stop_contact(kind=kind, value=value, channel=by, purposes=["marketing"], source="form")
    if "complains" in facts:
        make_item(shop, customer, "complaint")
    if "heard_enough" in facts:
        for number in range(2):
            TextMessage.objects.create(
                item=item, channel="sms", purpose="offer", to_address="+8801100000099", text="x", language="bn",
                segments=1, cause=f"before:{number}", state="sent", prepared_at=NOON - timedelta(days=1),
                settled_at=NOON - timedelta(days=1), counted_at=NOON - timedelta(days=1),
            )  # fmt: skip


def _first(facts):
    return next((name for fact, name in AGAINST.items() if fact in facts), "")


@given(
    facts=st.sets(st.sampled_from(list(AGAINST))),
    by=st.sampled_from(["email", "sms"]),
    meanwhile=st.booleans(),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_first_check_that_says_no_gives_the_reason_in_line_and_at_the_door(
    shop, customer, item, sent, facts, by, meanwhile
):
    """Whatever stands against a message, and whether it came up before it was put in line or while it stood there."""
    expected = _first(facts)
    moment = NIGHT if "night" in facts else NOON
    with transaction.atomic(), ExitStack() as stack:
        carried = stack.enter_context(gateway())
        if meanwhile:
            with moved_to(NOON):
                message = put_mail(item, "m") if by == "email" else put_text(item, "m")
            assert message.state == "queued"
        if "closed" in facts:
            stack.enter_context(window(by, 24, lambda ids: moment - timedelta(hours=24)))
        _arrange(shop, customer, item, facts, by=by)
        with moved_to(moment):
            if not meanwhile:
                message = put_mail(item, "m") if by == "email" else put_text(item, "m")
            if by == "email":
                # Nothing is due while it waits, and what is refused is in no line.
                send_one(message.pk)
            else:
                send_text_now(message.pk)
        message.refresh_from_db()
        reason = message.block_reason if by == "email" else message.rule
        on_its_way = {"": "sent", "quiet": "queued" if by == "email" else "held"}
        kept = "blocked" if by == "email" else "refused"
        night_by_law = by == "sms" and expected == "quiet"
        assert reason == ("hours" if night_by_law else expected)
        assert message.state == on_its_way.get(expected, kept)
        assert len(sent) + len(carried) == (expected == "")
        assert (message.counted_at is not None) == (expected == "")
        if expected == "quiet":
            when = message.next_try_at if by == "email" else message.go_at
            assert when == at("2026-11-24T09:00")
        sent.clear()
        transaction.set_rollback(True)


@given(fails=st.sampled_from([None, 0, 1, 2, 3, 4, 5]), road=st.sampled_from(["mail", "worker", "text", "hand"]))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_road_skips_a_check(shop, item, sent, fails, road):
    """Each road asks the six in order, and stops at the first that says no."""
    asked = []

    def spy(number, check):
        def ask(contact):
            asked.append(check.__name__)
            return send_checks.Verdict(send_checks.Gate.REFUSE, "week_cap") if number == fails else check(contact)

        return ask

    names = [check.__name__ for check in CHECKS]
    with pytest.MonkeyPatch.context() as patch, transaction.atomic(), moved_to(NOON), ExitStack() as stack:
        message = None
        if road != "hand":
            stack.enter_context(gateway())
        if road != "mail":
            message = put_mail(item, "m") if road == "worker" else put_text(item, "m")
        patch.setattr(send_checks, "CHECKS", tuple(spy(*pair) for pair in enumerate(CHECKS)))
        if road == "mail":
            put_mail(item, "m")
        elif road == "worker":
            assert send_one(message.pk) == ("sent" if fails is None else "blocked")
        elif road == "text":
            assert send_text_now(message.pk) in ({"sent"} if fails is None else {"refused"})
        elif fails is None:
            mark_sent_by_hand(actor=shop.agent, pk=message.pk)
        else:
            with pytest.raises(Conflict, match="not_now"):
                mark_sent_by_hand(actor=shop.agent, pk=message.pk)
        assert asked == names[: len(names) if fails is None else fails + 1]
        sent.clear()
        transaction.set_rollback(True)


def test_order_is_the_one_that_is_asked_for():
    assert [check.__name__ for check in CHECKS] == [
        "check_consent", "check_suppression", "check_open_complaint", "check_frequency", "check_quiet_hours",
        "check_channel_window",
    ]  # fmt: skip


def test_twin_without_the_checks_writes_to_who_complains_at_night(shop, customer, item, sent, monkeypatch):
    make_item(shop, customer, "complaint")
    with moved_to(NIGHT):
        assert put_mail(item, "m").block_reason == "complaint"
        monkeypatch.setattr(mail_checks, "ask_all", lambda contact: GO)
        assert send_one(put_mail(item, "n").pk) == "sent"


def test_every_reason_has_words_on_both_sides(shop):
    by_mail = set(AGAINST.values()) | {"erased", "restricted", "no_consent", "unconfirmed", "wish", "no_hour"}
    assert by_mail <= set(BlockReason.values)
    assert by_mail <= set(TextRule.values)


# What stands in the way, one by one


@pytest.mark.parametrize("what", ["complaint", "dispute"])
def test_advertising_waits_for_no_open_matter_and_goes_again_after_it(shop, customer, item, sent, what):
    if what == "complaint":
        matter = make_item(shop, customer, "complaint")
    else:
        matter = Dispute.objects.create(
            number="D-1", kind="dispute", subject="x", customer=customer, branch=shop.branch, team=shop.team,
            owner=shop.agent, state="opened", ground="delay", statement="x", wish="repair", cause_on=NOON.date(),
            opened_at=NOON, last_activity_at=NOON, last_update_at=NOON,
        )  # fmt: skip
    with moved_to(NOON):
        delivery = put_mail(item, "m")
        assert (delivery.state, delivery.block_reason) == ("blocked", "complaint")
        with pytest.raises(Conflict, match="complaint"):
            send_again(actor=shop.owner, delivery=delivery)
        assert Delivery.objects.get(pk=delivery.pk).state == "blocked"
        # Asking how it was is no advertising.
        assert put_mail(item, "s", "survey").state == "queued"
        type(matter).objects.filter(pk=matter.pk).update(state_flag="resolved", resolved_at=NOON)
        send_again(actor=shop.owner, delivery=delivery)
        assert send_one(delivery.pk) == "sent"


def test_undeliverable_address_is_found_at_the_door_too(item, sent):
    with moved_to(NOON):
        delivery = put_mail(item, "m")
        suppress(address=MAIL, reason="gone")
        assert send_one(delivery.pk) == "blocked"
    assert Delivery.objects.get().block_reason == "suppressed"


def test_who_never_agreed_gets_no_offer_but_the_question_and_the_reminder_until_a_no(shop, sent):
    other = make_customer(shop, mail="nila@example.com", phone="+8801100000032", agrees=False)
    item = make_item(shop, other)
    with moved_to(NOON), gateway():
        assert put_mail(item, "m", address="nila@example.com").block_reason == "no_consent"
        assert put_mail(item, "s", "survey", address="nila@example.com").state == "queued"
        assert put_text(item, "o", phone="+8801100000032").rule == "no_consent"
        assert put_text(item, "r", "renew", phone="+8801100000032").state == "queued"
    with moved_to(at("2026-11-22T12:00")):
        agree(other, "sms", act="withdrawn")
    with moved_to(NOON), gateway():
        refused = put_text(item, "r2", "renew", phone="+8801100000032")
        assert (refused.state, refused.rule) == ("refused", "withdrawn")


def test_without_a_public_address_no_such_mail_goes_and_staff_are_told(shop, item, settings, client_as, sent):
    with moved_to(NOON):
        waiting = put_mail(item, "m")
    settings.BASE_URL = "http://192.168.0.9:8000"
    with moved_to(NOON):
        assert put_mail(item, "n").block_reason == "no_public"
        assert send_one(waiting.pk) == "blocked"
    assert Delivery.objects.get(cause="m").block_reason == "no_public"
    assert sent == []
    page = client_as(shop.owner).get("/messages/outbox/?box=blocked").content.decode()
    assert page.count("No public https address is set") == 2
    assert "HALKHATA_BASE_URL" in client_as(shop.owner).get("/messages/channels/").content.decode()


# Quiet hours and windows, to the second


@pytest.mark.parametrize(
    ("zone", "moment", "goes_at"),
    [
        ("Asia/Dhaka", "2026-11-23T20:59:59", None),
        ("Asia/Dhaka", "2026-11-23T21:00:00", "2026-11-24T09:00"),
        ("Asia/Dhaka", "2026-11-24T00:00:00", "2026-11-24T09:00"),
        ("Asia/Dhaka", "2026-11-24T08:59:59", "2026-11-24T09:00"),
        ("Asia/Dhaka", "2026-11-24T09:00:00", None),
        # The clocks go back in the night between: nine hours more, one hour later.
        ("Europe/London", "2026-10-24T22:00:00", "2026-10-25T09:00"),
        ("Europe/London", "2027-03-27T22:00:00", "2027-03-28T09:00"),
        ("America/New_York", "2026-11-23T21:00:00", "2026-11-24T09:00"),
        ("Asia/Kolkata", "2026-11-23T20:59:59", None),
    ],
)
def test_quiet_hours_are_the_customers_own_to_the_second(shop, sent, zone, moment, goes_at):
    item = make_item(shop, make_customer(shop, zone=zone))
    with moved_to(at(moment, zone)):
        delivery = put_mail(item, "m")
        if goes_at is None:
            assert send_one(delivery.pk) == "sent"
            return
        assert (delivery.state, delivery.block_reason, delivery.next_try_at) == ("queued", "quiet", at(goes_at, zone))
        assert not Job.objects.filter(task__contains="send_delivery").exists()
        assert send_one(delivery.pk) == ""
    with moved_to(at(goes_at, zone)):
        assert send_one(delivery.pk) == "sent"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.block_reason, delivery.attempts) == ("sent", "", 1)


def test_mail_held_up_into_the_night_waits_at_the_door_and_that_is_no_try(item, sent):
    with moved_to(at("2026-11-23T20:59")):
        delivery = put_mail(item, "m")
    with moved_to(at("2026-11-23T21:05")):
        assert send_one(delivery.pk) == "queued"
    delivery.refresh_from_db()
    assert (delivery.block_reason, delivery.attempts, delivery.counted_at) == ("quiet", 0, None)
    assert delivery.next_try_at == at("2026-11-24T09:00")
    assert sent == []


@pytest.mark.parametrize(
    ("ago", "reason"),
    [(timedelta(hours=24), "window"), (timedelta(hours=24) - timedelta(microseconds=1), ""), (None, "window")],
)
def test_window_of_a_channel_closes_to_the_instant(item, sent, ago, reason):
    with moved_to(NOON), window("email", 24, lambda ids: NOON - ago if ago else None):
        assert put_mail(item, "m").block_reason == reason


# The customer's own matter


def test_own_matter_passes_no_check_and_costs_no_statement_more(shop, customer, item, sent, monkeypatch):
    create_default_templates()
    make_item(shop, customer, "complaint")
    asked = []
    monkeypatch.setattr(send_checks, "CHECKS", (asked.append,))
    with moved_to(NIGHT):
        agree(customer, act="withdrawn")
        with CaptureQueriesContext(connection) as put:
            delivery = send_automatic(item=item, code="received", cause="own")
        with CaptureQueriesContext(connection) as left:
            assert send_one(delivery.pk) == "sent"
    assert asked == []
    assert (delivery.purpose, delivery.block_reason) == ("service", "")
    own = [[query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]] for queries in (put, left)]
    texts = "\n".join(own[0] + own[1])
    assert "contactrules" not in texts
    # As many as there were before the checks (PostgreSQL asks for its locks as well).
    most = {"sqlite": (32, 13), "postgresql": (34, 13)}[connection.vendor]
    assert [len(own[0]) <= most[0], len(own[1]) <= most[1]] == [True, True], list(map(len, own))
    assert b"List-Unsubscribe" not in sent[0]


def test_own_matter_can_never_count_in_the_week(shop, customer, item):
    create_default_templates()
    delivery = send_automatic(item=item, code="received", cause="own")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(counted_at=NOON)


def test_text_gate_asks_the_same_six():
    assert text_gate.ask_all is send_checks.ask_all is mail_checks.ask_all
