"""The demo: what it holds, that it never sends, and that it goes without a trace."""

import hashlib
import json
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client

from halkhata.desks.feedback.models import SurveyResponse
from halkhata.desks.returns.models import Advance
from halkhata.desks.returns.selectors.analytics import Span, report
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.doors.cli import demo_data
from halkhata.doors.cli.demo_data.counts import lines_of
from halkhata.doors.cli.demo_data.moon import first_of
from halkhata.doors.cli.demo_data.sign_ins import sign_in_file
from halkhata.engines.deliveries.models import CourierMessage, Parcel
from halkhata.engines.messaging.jobs import fetch_all_mailboxes, process_waiting_mail, send_due_mail
from halkhata.engines.messaging.models import Delivery, InboundRaw, Mailbox, Message
from halkhata.engines.work.jobs import sweep_due_promises, sweep_silent_items
from halkhata.engines.work.models import CalendarDay, Notification, SlaClock, WorkEvent, WorkItem
from halkhata.engines.work.promise.calendar import WorkingCalendar
from halkhata.engines.work.services.clocks import recompute
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import EventDelivery, Installation, Job, OutboxEvent
from halkhata.oversight.standards.models import StandardsVersion
from halkhata.records.customers.models import ContactPoint, Customer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)  # a Sunday, noon in Dhaka
# Memory of the install that outlasts the demo, as clear_demo says.
NOT_COMPARED = {"core.Installation", "core.NumberSequence", "core.ScheduleLine", "work.TermsStamp"}


def digests() -> dict[str, str]:
    """One digest for each table."""
    found = {}
    tables = set(connection.introspection.table_names())
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label in NOT_COMPARED or model._meta.db_table not in tables:
            continue
        rows = sorted(repr(row) for row in model._default_manager.values_list())
        found[model._meta.label] = f"{len(rows)}:{hashlib.sha256(json.dumps(rows).encode()).hexdigest()}"
    return found


def story() -> dict[str, Any]:
    """What the demo tells, without ids, passwords, tokens and Message-IDs."""
    fields = (
        "number",
        "kind",
        "subject",
        "owner__username",
        "priority",
        "state",
        "opened_at",
        "resolved_at",
        "next_due_at",
    )
    more = ("is_breached", "escalation_level", "customer__name_bn", "last_activity_at")
    return {
        "items": list(WorkItem.objects.order_by("number").values_list(*fields, *more)),
        "events": list(
            WorkEvent.objects.order_by("item__number", "at", "id").values_list(
                "item__number", "at", "kind", "actor_label"
            )
        ),
        "messages": list(
            # Automatic texts carry the survey's secret link.
            Message.objects.filter(is_automatic=False)
            .order_by("conversation__item__number", "at", "id")
            .values_list("at", "direction", "text")
        ),
        "answers": list(SurveyResponse.objects.order_by("invitation__item__number").values_list("score", "comment")),
        "contacts": sorted(ContactPoint.objects.values_list("kind", "typed", "value")),
    }


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The demo, loaded once for this file and rolled back after it; what a test changes goes with the test."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "DATA_DIR", tmp_path_factory.mktemp("demo"))
        with transaction.atomic():
            before = digests()
            counts = demo_data.load_demo(NOW)
            yield {"counts": counts, "before": before}
            transaction.set_rollback(True)
        connection.close()


def test_demo_holds_the_shops_of_the_story(loaded: dict[str, Any]) -> None:
    counts = loaded["counts"]
    assert counts["customers"] == 400
    assert 340 <= counts["tickets"] <= 360
    assert 40 <= counts["open_tickets"] <= 56
    assert 120 <= counts["survey_answers"] <= 190
    scores = list(SurveyResponse.objects.values_list("score", flat=True))
    assert 3.6 <= sum(scores) / len(scores) <= 4.4
    assert set(Ticket.objects.values_list("channel", flat=True)) == {"phone", "counter", "email", "web_form"}
    assert {"bn", "en"} == set(Customer.objects.values_list("language", flat=True))
    assert Ticket.objects.filter(opened_at__lt=NOW - timedelta(days=330)).exists()
    assert Resolution.objects.values("root_cause").distinct().count() >= 7


def test_every_count_that_loading_prints_has_its_word(loaded: dict[str, Any]) -> None:
    lines = lines_of(loaded["counts"])
    assert len(lines) == len(loaded["counts"])
    assert lines[0] == "Customers: 400"


def test_customers_of_the_demo_can_read_what_it_promises(loaded: dict[str, Any], client: Client) -> None:
    page = client.get("/c/standards/?lang=en").content.decode()
    assert StandardsVersion.objects.get().number == 1
    assert "Nothing has been published here yet" not in page


def test_advisor_of_the_demo_finds_cards_at_every_place_of_the_workshop(loaded: dict[str, Any]) -> None:
    """Whoever tries the workshop sees one with work in it, not an empty board."""
    advisor = User.objects.get(username="advisor")
    cards = ServiceJob.objects.visible_to(advisor)
    assert cards.filter(owner=advisor).count() == 8
    assert set(cards.values_list("state", flat=True)) >= {"in", "diagnosed", "waiting_approval", "working", "ready"}


def test_demo_shows_parcels_an_advance_and_returns_by_batch(loaded: dict[str, Any]) -> None:
    states = Parcel.objects.order_by("created_at").values_list("state", flat=True)
    assert list(states) == ["returned", "delivered", "in_transit", "failed", "out", "registered"]
    assert list(Parcel.objects.filter(alarm="silent").values_list("number", flat=True)) == ["RJ-401877"]
    waiting = CourierMessage.objects.filter(state="waiting").order_by("pk").values_list("fault", flat=True)
    assert list(waiting) == ["unknown_number", "unknown_event", "unreadable"]
    advance = Advance.objects.get()
    assert (advance.state, advance.deposit > 0, advance.entries.get().kind) == ("waiting", True, "taken")
    owner = User.objects.get(username="malik")
    assert len(report(owner, Span(NOW.date() - timedelta(days=40), NOW.date())).by_batch) > 1


def test_every_item_has_an_owner_who_may_sign_in(loaded: dict[str, Any]) -> None:
    assert not WorkItem.objects.filter(owner__is_active=False).exists()
    shares = Ticket.objects.exclude(state_flag="resolved").values("owner").annotate(count=Count("pk"))
    assert len(shares) >= 5
    assert max(share["count"] for share in shares) < 30


def test_today_has_late_escalated_near_due_waiting_and_dangerous_tickets(loaded: dict[str, Any]) -> None:
    unfinished = Ticket.objects.exclude(state_flag="resolved")
    assert unfinished.filter(next_due_at__lt=NOW).count() >= 5
    assert unfinished.filter(next_due_at__gt=NOW, next_due_at__lt=NOW + timedelta(hours=2)).count() >= 3
    assert {2, 3, 4} <= set(unfinished.values_list("escalation_level", flat=True))
    waiting = set(unfinished.values_list("state", flat=True))
    assert {"new", "open", "waiting_customer", "waiting_manufacturer", "waiting_internal"} <= waiting
    assert unfinished.exclude(safety_words=[]).filter(priority="urgent").count() >= 2
    assert unfinished.filter(reopen_count__gte=1).count() >= 2
    assert Ticket.objects.filter(serial__startswith="KB2407").count() >= 9


def test_angry_customer_came_four_times_in_a_week(loaded: dict[str, Any]) -> None:
    item = WorkItem.objects.get(customer__name_bn="তোফাজ্জল আকন্দ", kind="complaint", state_flag="open")
    came = item.history.filter(at__gte=NOW - timedelta(days=7), kind__in=["opened", "customer_message"])
    assert came.count() == 4
    assert item.history.filter(kind="customer_demanded").exists()
    assert item.escalation_level >= 3


def test_calls_lie_overdue_today_and_tomorrow(loaded: dict[str, Any]) -> None:
    calls = WorkItem.objects.filter(kind="follow_up").exclude(state_flag="resolved")
    assert calls.filter(planned_at__lt=NOW).count() >= 2
    assert calls.filter(planned_at__gt=NOW, planned_at__lt=NOW + timedelta(hours=8)).count() >= 3
    assert calls.filter(planned_at__gt=NOW + timedelta(hours=20)).count() >= 2


def test_odd_mail_is_where_a_person_sees_it(loaded: dict[str, Any]) -> None:
    assert InboundRaw.objects.filter(
        state="quarantined", reason__in=["not_mail", "nothing_there", "parser_failed"]
    ).exists()
    outcomes = set(InboundRaw.objects.values_list("outcome", flat=True))
    assert {"ticket_opened", "quarantined", "bounce", "auto_reply"} <= outcomes
    assert not InboundRaw.objects.filter(is_demo=False).exists()


def test_numbers_and_addresses_belong_to_nobody(loaded: dict[str, Any]) -> None:
    phones = list(ContactPoint.objects.filter(kind="phone").values_list("value", flat=True))
    phones += list(User.objects.exclude(phone_e164="").values_list("phone_e164", flat=True))
    assert len(phones) > 400
    assert all(phone.startswith("+88011") for phone in phones)
    mails = list(ContactPoint.objects.filter(kind="email").values_list("value", flat=True))
    mails += list(Mailbox.objects.values_list("address", flat=True)) + list(
        User.objects.values_list("email", flat=True)
    )
    mails += list(Delivery.objects.values_list("to_address", flat=True))
    assert all(mail.endswith((".example.com", "@example.com", ".test", ".invalid")) for mail in mails)


def test_history_and_clocks_agree(loaded: dict[str, Any]) -> None:
    def rows() -> list[Any]:
        return list(SlaClock.objects.order_by("pk").values_list("pk", "state", "due_at", "stopped_at", "breached_at"))

    before = rows()
    with transaction.atomic():
        for item in WorkItem.objects.select_related("branch", "team", "owner"):
            with moved_to(NOW):
                recompute(item, at=NOW, fresh=True)
        assert rows() == before
        transaction.set_rollback(True)


def test_history_begins_with_the_opening_and_never_lies_in_the_future(loaded: dict[str, Any]) -> None:
    for item in Ticket.objects.prefetch_related("history"):
        lines = list(item.history.all())
        assert lines[0].kind == "opened"
        assert lines[-1].at <= NOW
        assert item.last_activity_at <= NOW


def test_eid_closure_lies_inside_a_promise(loaded: dict[str, Any]) -> None:
    eid = set(CalendarDay.objects.filter(kind="holiday", name_en__startswith="Eid").values_list("on", flat=True))
    kept = SlaClock.objects.filter(metric="resolution", stopped_at__isnull=False)
    spanned = [clock for clock in kept if any(clock.started_at.date() < day < clock.stopped_at.date() for day in eid)]
    assert spanned
    assert any(clock.state == "met" for clock in spanned)
    assert CalendarDay.objects.filter(kind="override", intervals__isnull=False).exists()


def test_nothing_waits_for_a_worker_and_old_notices_are_read(loaded: dict[str, Any]) -> None:
    assert not EventDelivery.objects.exclude(state="done").exists()
    assert not OutboxEvent.objects.exists()
    assert not Job.objects.filter(state="ready").exists()
    unread = Notification.objects.filter(read_at__isnull=True)
    assert not unread.filter(at__lt=NOW - timedelta(hours=20)).exists()
    assert all(count < 60 for count in unread.values("user").annotate(n=Count("pk")).values_list("n", flat=True))


def test_sweep_after_loading_makes_no_flood(loaded: dict[str, Any]) -> None:
    before = Notification.objects.count()
    with transaction.atomic():
        with moved_to(NOW + timedelta(seconds=5)):
            sweep_due_promises.func()
            sweep_silent_items.func()
        assert Notification.objects.count() - before <= 2
        transaction.set_rollback(True)


def test_demo_sends_nothing_whatever_runs(loaded: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Any] = []

    def refuse(*args: Any, **kwargs: Any) -> None:
        tried.append(args)
        raise OSError("the demo opened a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with transaction.atomic():
        for job in (send_due_mail, fetch_all_mailboxes, process_waiting_mail, sweep_due_promises, sweep_silent_items):
            job.func()
        run_until_quiet()
        assert not tried
        assert not Delivery.objects.filter(is_demo=False).exists()
        assert set(Delivery.objects.values_list("state", flat=True)) == {"blocked", "failed", "in_doubt"}
        blocked = Delivery.objects.filter(state="blocked")
        assert set(blocked.values_list("block_reason", flat=True)) == {"demo"}
        assert not Mailbox.objects.exclude(smtp_host="", imap_host="").exists()
        transaction.set_rollback(True)


def test_demo_comes_only_into_an_empty_shop(loaded: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        demo_data.load_demo(NOW)
    assert refused.value.code == "demo_loaded"


def test_password_is_random_hashed_and_kept_in_one_closed_file(loaded: dict[str, Any]) -> None:
    password = loaded["counts"]["password"]
    entries = demo_data.demo_sign_ins()
    assert {"malik", "manager", "agent"} <= {entry["username"] for entry in entries}
    assert {entry["password"] for entry in entries} == {password}
    assert stat.S_IMODE(sign_in_file().stat().st_mode) == 0o600
    malik = User.objects.get(username="malik")
    assert password not in malik.password
    assert malik.check_password(password)
    assert malik.may("users.edit")


def test_clearing_refuses_real_rows_that_hang_on_the_demo(loaded: dict[str, Any]) -> None:
    with transaction.atomic():
        demo_user = User.objects.get(username="malik")
        User.objects.create(username="real.owner", name_en="Real Owner", role=demo_user.role, branch=demo_user.branch)
        with pytest.raises(DomainError) as refused:
            demo_data.clear_demo()
        assert refused.value.code == "real_rows_in_demo"
        assert "Real Owner" in str(refused.value.message)
        assert Customer.objects.count() == 400
        transaction.set_rollback(True)


def test_what_is_tried_out_in_the_demo_goes_with_it_and_the_same_story_comes_again(loaded: dict[str, Any]) -> None:
    """Last in this file: it removes the file of sign-ins, which no rollback brings back."""
    from halkhata.desks.tickets.services.calling import customer_of_caller, open_for_caller

    told = story()
    manager = User.objects.select_related("role", "branch").get(username="manager")
    tried = customer_of_caller(actor=manager, name="চেষ্টা করে দেখা", phone="01199-999001")
    open_for_caller(actor=manager, customer=tried, text="এটা শুধু দেখছি")
    run_until_quiet()
    cleared = demo_data.clear_demo()
    assert cleared["customers"] == 401
    after = digests()
    # Events and jobs of what was tried out by hand are the worker's own short memory.
    passing = {"core.OutboxEvent", "core.EventDelivery", "core.Job"}
    changed = [label for label, digest in loaded["before"].items() if after[label] != digest and label not in passing]
    assert changed == []
    install = Installation.current()
    assert (install.set_up_at, install.demo_loaded_at, install.shop_name) == (None, None, "")
    assert not sign_in_file().exists()
    assert demo_data.demo_sign_ins() == []
    demo_data.load_demo(NOW)
    again = story()
    for part, rows in told.items():
        assert again[part] == rows, part


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [(1446, 10, "2025-04-01"), (1447, 9, "2026-02-19"), (1447, 10, "2026-03-21"), (1447, 12, "2026-05-19")],
)
def test_moon_is_within_a_day_of_what_bangladesh_saw(year: int, month: int, expected: str) -> None:
    assert first_of(year, month).isoformat() == expected


def test_working_time_backwards_is_the_inverse_of_forwards() -> None:
    from halkhata.doors.cli.demo_data.hours import working_after, working_before

    day = ((9 * 60, 13 * 60), (14 * 60, 20 * 60))
    shop = WorkingCalendar(zone="Asia/Dhaka", week=tuple(() if weekday == 4 else day for weekday in range(7)))
    for minutes in (1, 59, 240, 241, 600, 1800, 4000):
        assert working_after(shop, working_before(shop, NOW, minutes), minutes) == NOW
