"""Calls, wishes, texts in the customer's hours, recalls from range to job card; what is refused changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from halkhata.desks.aftercare.models import Recall, RecallUnit, Reminder, ReminderStop
from halkhata.desks.aftercare.registry import visit_bookers
from halkhata.desks.aftercare.selectors.recalls import campaigns_of, progress_of
from halkhata.desks.aftercare.services.calling import allow_reminders, record_call
from halkhata.desks.aftercare.services.planning import plan_reminders
from halkhata.desks.aftercare.services.recall_steps import (
    finish_recall_by_job,
    free_recall_of_job,
    link_recall_to_job,
    mark_done,
    record_recall_call,
)
from halkhata.desks.aftercare.services.recalls import close_recall, find_new_units, preview_recall, start_recall
from halkhata.desks.aftercare.services.texting import send_due_texts
from halkhata.desks.aftercare.tests.conftest import NOON, TODAY
from halkhata.engines.messaging.models import TextMessage
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.catalog.models import UnitIdentifier, UnitLife

pytestmark = pytest.mark.django_db
# Three months later is a week from now: "before" begins today.
SALE = date(2026, 3, 8)


@pytest.fixture
def reminder(make_unit, rule, at_noon):
    make_unit(sold_on=SALE)
    plan_reminders()
    return Reminder.objects.get()


def test_reached_ends_it_and_is_written_down(reminder, people):
    record_call(actor=people.caller, reminder=reminder, result="reached", note="Comes on Friday")
    row = Reminder.objects.get()
    assert (row.state, row.settled_by, row.note, row.text_state) == ("reached", people.caller, "Comes on Friday", "off")
    assert AuditEntry.objects.filter(action="reminder.call").count() == 1


def test_no_answer_comes_back_and_ends_after_three_tries(reminder, people):
    for tries, expected in ((1, "open"), (2, "open"), (3, "not_reached")):
        record_call(actor=people.caller, reminder=reminder, result="no_answer")
        row = Reminder.objects.get()
        assert (row.tries, row.state) == (tries, expected)
    assert row.call_on == TODAY + timedelta(days=1)
    with pytest.raises(Conflict, match="not_open"):
        record_call(actor=people.caller, reminder=reminder, result="reached")


def test_wanted_day_is_asked_of_the_workshop_once(reminder, people, monkeypatch):
    asked = []
    monkeypatch.setitem(visit_bookers._entries, "visits", lambda *values: asked.append(values) or "V-1001")
    day = TODAY + timedelta(days=3)
    record_call(actor=people.caller, reminder=reminder, result="date", on=day)
    assert [(one[3], one[5]) for one in asked] == [(day, f"reminder:{reminder.pk}")]
    assert Reminder.objects.values_list("state", "led_to").get() == ("booked", "V-1001")


def test_full_workshop_refuses_the_day_and_nothing_is_written(reminder, people, monkeypatch):
    def full(*_values):
        raise Conflict("day_full", "No place is left that day.", field="on")

    monkeypatch.setitem(visit_bookers._entries, "visits", full)
    with pytest.raises(Conflict, match="day_full"):
        record_call(actor=people.caller, reminder=reminder, result="date", on=TODAY + timedelta(days=3))
    assert Reminder.objects.get().state == "open"


@pytest.mark.parametrize("on", [None, TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
def test_odd_day_is_refused(reminder, people, on):
    with pytest.raises(DomainError):
        record_call(actor=people.caller, reminder=reminder, result="date", on=on)
    assert Reminder.objects.get().state == "open"


def test_do_not_call_ends_everything_about_the_unit(reminder, people):
    record_call(actor=people.caller, reminder=reminder, result="no_call")
    assert ReminderStop.objects.get().unit == reminder.unit
    assert UnitLife.objects.filter(unit=reminder.unit, verb="reminder.stopped").count() == 1
    with moved_to(NOON + timedelta(days=8)):
        assert plan_reminders() == 0
        assert allow_reminders(actor=people.caller, unit=reminder.unit) is True
        assert allow_reminders(actor=people.caller, unit=reminder.unit) is False


def test_without_the_right_or_the_sight_nothing_changes(reminder, people, elsewhere):
    before = list(Reminder.objects.values_list())
    with pytest.raises(PermissionRefused):
        record_call(actor=people.onlooker, reminder=reminder, result="reached")
    stranger = elsewhere.seller
    stranger.role = people.role
    stranger.save()
    with pytest.raises(NotFound):
        record_call(actor=stranger, reminder=reminder, result="reached")
    with pytest.raises(Conflict, match="changed_meanwhile"):
        record_call(actor=people.caller, reminder=reminder, result="reached", version=99)
    assert list(Reminder.objects.values_list()) == before
    assert AuditEntry.objects.filter(action="reminder.call").count() == 0


# ------------------------------------------------------------------------------------------------ texts
def test_text_goes_by_day_once(reminder):
    assert send_due_texts() == 1
    assert send_due_texts() == 0
    text = TextMessage.objects.get()
    assert (text.purpose, text.cause, text.customer) == ("notice", f"reminder:{reminder.pk}", reminder.customer)
    assert "Motorcycle 150: service is due on" in text.text
    assert Reminder.objects.get().text_state == "prepared"


def test_text_waits_at_night_and_goes_in_the_morning(reminder):
    with moved_to(datetime(2026, 6, 1, 17, 30, tzinfo=UTC)):  # 23:30 in Dhaka
        assert send_due_texts() == 0
    row = Reminder.objects.get()
    assert (TextMessage.objects.count(), row.text_state) == (0, "waiting")
    assert row.text_at > datetime(2026, 6, 2, 0, 0, tzinfo=UTC)
    with moved_to(row.text_at - timedelta(minutes=1)):
        assert send_due_texts() == 0
    with moved_to(row.text_at):
        assert send_due_texts() == 1
    assert TextMessage.objects.count() == 1


def test_stopped_number_gets_no_text(reminder):
    from halkhata.records.privacy.services.stops import stop_contact

    point = reminder.customer.contact_points.get(kind="phone")
    stop_contact(kind="phone", value=point.value, purposes=[""], source="phone")
    send_due_texts()
    assert (TextMessage.objects.count(), Reminder.objects.get().text_state) == (0, "refused")


def test_customer_without_a_number_is_only_called(reminder):
    reminder.customer.contact_points.all().delete()
    send_due_texts()
    assert (TextMessage.objects.count(), Reminder.objects.get().text_state) == (0, "no_number")


def test_answered_reminder_sends_nothing(reminder, people):
    record_call(actor=people.caller, reminder=reminder, result="reached")
    assert send_due_texts() == 0
    assert TextMessage.objects.count() == 0


# ------------------------------------------------------------------------------------------------ recalls
@pytest.fixture
def numbered(make_unit):
    def make(*numbers, **values):
        units = []
        for number in numbers:
            unit = make_unit(**values)
            UnitIdentifier.objects.create(
                unit=unit, product=unit.product, kind="chassis", space="chassis", value=number, folded=number
            )
            units.append(unit)
        return units

    return make


def start(people, catalog, **values):
    return start_recall(
        **{
            "actor": people.chief, "brand": catalog.brand, "name_en": "Brake cable", "text_en": "Please bring it",
            "serial_from": "A100", "serial_to": "A199", **values,
        }
    )  # fmt: skip


def test_range_means_numbers_of_its_own_length(people, catalog, numbered):
    numbered("A099", "A100", "A150", "A199", "A200", "A1500", "B150")
    found = preview_recall(actor=people.chief, brand=catalog.brand, serial_from="a-100", serial_to="A 199")
    assert len(found.unit_ids) == 3
    assert Recall.objects.count() == 0
    recall = start(people, catalog)
    values = RecallUnit.objects.filter(recall=recall).values_list("unit__identifiers__folded", flat=True)
    assert sorted(values) == ["A100", "A150", "A199"]


def test_list_says_which_numbers_nobody_has_and_finds_them_later(people, catalog, numbered):
    numbered("A100", "A101")
    recall = start(people, catalog, serial_from="", serial_to="", serials="a-100\nA101, ZZ9;a100")
    assert (recall.units.count(), recall.missing) == (2, ["ZZ9"])
    numbered("ZZ9")
    assert find_new_units() == 1
    assert find_new_units() == 0
    assert (recall.units.count(), Recall.objects.get().missing) == (3, [])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"serial_to": ""}, "bad_range"),
        ({"serial_from": "A200"}, "bad_range"),
        ({"serial_from": "A1"}, "bad_range"),
        ({"serials": "A1"}, "bad_range"),
        ({"serial_from": "", "serial_to": ""}, "no_serials"),
        ({"name_en": ""}, "no_name"),
        ({"text_en": " "}, "no_text"),
    ],
)
def test_odd_recall_is_refused(people, catalog, numbered, values, code):
    with pytest.raises(DomainError, match=code):
        start(people, catalog, **values)
    assert Recall.objects.count() == 0


def test_only_who_may_starts_and_closes_recalls(people, catalog, numbered):
    numbered("A100")
    with pytest.raises(PermissionRefused):
        start(people, catalog, actor=people.caller)
    recall = start(people, catalog)
    with pytest.raises(PermissionRefused):
        close_recall(actor=people.caller, recall=recall)
    assert Recall.objects.get().closed_at is None
    close_recall(actor=people.chief, recall=recall)
    with pytest.raises(Conflict, match="closed"):
        close_recall(actor=people.chief, recall=recall)


def test_shares_of_reached_and_completed(people, catalog, numbered):
    numbered("A100", "A101", "A102", "A103")
    recall = start(people, catalog)
    one, two, three, _four = recall.units.order_by("pk")
    record_recall_call(actor=people.caller, row=one, result="reached")
    link_recall_to_job(actor=SYSTEM, unit_id=two.unit_id, number="J-1001")
    finish_recall_by_job(actor=SYSTEM, unit_id=two.unit_id, number="J-1001")
    for _try in range(3):
        record_recall_call(actor=people.caller, row=three, result="no_answer")
    progress = progress_of(people.chief, [recall])[recall.pk]
    assert (progress.units, progress.reached_percent, progress.completed_percent) == (4, 50, 25)
    assert progress.by_state == {"told": 1, "done": 1, "not_reached": 1, "waiting": 1}
    assert UnitLife.objects.filter(verb="recall.done").get().unit_id == two.unit_id


def test_job_card_takes_it_in_hand_and_closes_it(people, catalog, numbered, rahima):
    (unit,) = numbered("A100")
    recall = start(people, catalog, stop_use=True)
    row = recall.units.get()
    assert [str(one.label) for one in campaigns_of(unit)] == ["Recall, must not be used: Brake cable"]
    assert link_recall_to_job(actor=SYSTEM, unit_id=unit.pk, number="J-1001") == 1
    assert link_recall_to_job(actor=SYSTEM, unit_id=unit.pk, number="J-1001") == 0
    assert finish_recall_by_job(actor=SYSTEM, unit_id=unit.pk, number="J-9") == 0
    assert free_recall_of_job(actor=SYSTEM, unit_id=unit.pk, number="J-1001") == 1
    row.refresh_from_db()
    assert (row.state, row.job_number) == ("waiting", "")
    link_recall_to_job(actor=SYSTEM, unit_id=unit.pk, number="J-1002")
    assert finish_recall_by_job(actor=SYSTEM, unit_id=unit.pk, number="J-1002") == 1
    row.refresh_from_db()
    assert (row.state, row.job_number) == ("done", "J-1002")
    assert campaigns_of(unit) == []
    with pytest.raises(Conflict, match="done"):
        record_recall_call(actor=people.caller, row=row, result="reached")


def test_done_elsewhere_needs_to_say_where(people, catalog, numbered):
    numbered("A100")
    row = start(people, catalog).units.get()
    with pytest.raises(PermissionRefused):
        mark_done(actor=people.caller, row=row, note="Dealer in Pabna")
    with pytest.raises(DomainError, match="note_missing"):
        mark_done(actor=people.chief, row=row)
    mark_done(actor=people.chief, row=row, note="Dealer in Pabna")
    assert RecallUnit.objects.get().state == "done"


def test_owner_of_a_recalled_unit_gets_one_text(people, catalog, numbered, at_noon):
    numbered("A100")
    numbered("A101", owner=None, state="in_stock", sold_on=None)
    start(people, catalog, stop_use=True)
    assert send_due_texts() == 2
    assert send_due_texts() == 0
    assert "Please bring it Please do not use it until then." in TextMessage.objects.get().text
    assert sorted(RecallUnit.objects.values_list("text_state", flat=True)) == ["off", "prepared"]
