"""The ledger: who is reminded when, once per due and step; batches that are gone on with; what ends it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from halkhata.desks.aftercare.models import AftercareSettings, Reminder, ReminderRun, ReminderStop, ServiceRule
from halkhata.desks.aftercare.selectors.rules import Rules, aftercare_settings
from halkhata.desks.aftercare.services import planning
from halkhata.desks.aftercare.services.planning import plan_reminders, plan_units
from halkhata.desks.aftercare.services.stopping import stop_for_visit
from halkhata.desks.aftercare.tests.conftest import NOON, TODAY
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.models import Reading
from halkhata.records.warranty.models import Coupon, Cover
from halkhata.records.warranty.tests.conftest import sell_unit

pytestmark = pytest.mark.django_db


def on_day(day: date) -> int:
    with moved_to(NOON + (day - TODAY)):
        return plan_reminders()


def steps() -> list[tuple[str, str, str]]:
    return list(Reminder.objects.order_by("pk").values_list("kind", "step", "state"))


def coupon(unit, number=1, **values):
    return Coupon.objects.create(
        **{
            "unit": unit, "number": number, "from_on": TODAY - timedelta(days=20), "to_on": TODAY + timedelta(days=10),
            **values,
        }
    )  # fmt: skip


def contract(unit, ends_on, policy=None):
    return Cover.objects.create(
        unit=unit, component="all", source="extended", covers_parts=True, covers_labour=True, months=12,
        starts_on=ends_on - timedelta(days=365), ends_on=ends_on, state_since=NOON, created_at=NOON, policy=policy,
    )  # fmt: skip


def test_sale_at_the_counter_is_all_that_a_reminder_needs(catalog, rahima, rule):
    unit = sell_unit(catalog, rahima, catalog.bike, on=date(2026, 3, 8), serial="PSU9")
    on_day(date(2026, 6, 1))
    row = Reminder.objects.get()
    assert (row.unit, row.customer, row.due_on, row.step) == (unit, rahima, date(2026, 6, 8), "before")


def test_before_on_and_after_come_once_each(make_unit, rule):
    unit = make_unit(sold_on=date(2026, 3, 8))
    due = date(2026, 6, 8)
    for day in range(-10, 45):
        on_day(due + timedelta(days=day))
    assert steps() == [
        ("service", "before", "followed"), ("service", "on", "followed"), ("service", "after", "over"),
    ]  # fmt: skip
    rows = Reminder.objects.filter(unit=unit).order_by("pk")
    assert [one.due_on for one in rows] == [due] * 3
    assert [one.made_at.date() for one in rows] == [date(2026, 6, 1), date(2026, 6, 8), date(2026, 6, 15)]


def test_day_without_a_worker_makes_nothing_up_that_is_past(make_unit, rule):
    make_unit(sold_on=date(2026, 3, 8))
    on_day(date(2026, 6, 20))
    assert steps() == [("service", "after", "open")]


def test_computing_the_same_day_again_makes_nothing(make_unit, rule):
    make_unit(sold_on=date(2026, 3, 8))
    assert on_day(TODAY) == 1
    assert on_day(TODAY) == 0
    ReminderRun.objects.all().delete()
    assert on_day(TODAY) == 0
    assert Reminder.objects.count() == 1


def test_database_refuses_a_second_reminder_of_the_same_due_and_step(make_unit, rule):
    make_unit(sold_on=date(2026, 3, 8))
    on_day(TODAY)
    row = Reminder.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_moved_estimate_is_the_same_due(make_unit, rule):
    unit = make_unit(sold_on=date(2026, 4, 1), reads=[(date(2026, 5, 1), 1400), (date(2026, 5, 30), 2850)])
    assert on_day(TODAY) == 1
    first = Reminder.objects.get()
    assert (first.due_on, first.why["by"], first.why["target"]) == (date(2026, 6, 2), "usage", 3000)
    # It rests in the yard: the estimate moves a week on, nobody is told "before" again.
    Reading.objects.create(unit=unit, value=2860, read_on=date(2026, 6, 2), source="counter")
    for day in range(2, 7):
        on_day(date(2026, 6, day))
    assert Reminder.objects.filter(step="before").count() == 1


def test_service_begins_the_time_anew(make_unit, rule):
    from halkhata.records.catalog.services.life import write_life

    unit = make_unit(sold_on=date(2026, 3, 8))
    on_day(TODAY)
    write_life(actor=SYSTEM, unit=unit, verb="job.delivered", at=NOON)
    on_day(TODAY + timedelta(days=1))
    assert steps() == [("service", "before", "over")]
    assert on_day(date(2026, 8, 28)) == 1
    assert Reminder.objects.last().due_key == "service:2026-06-01:1"


def test_job_card_stops_it_and_nothing_follows(make_unit, rule):
    unit = make_unit(sold_on=date(2026, 3, 8))
    on_day(TODAY)
    assert stop_for_visit(actor=SYSTEM, unit_id=unit.pk, number="J-1001") == 1
    assert stop_for_visit(actor=SYSTEM, unit_id=unit.pk, number="J-1001") == 0
    for day in range(1, 30):
        on_day(TODAY + timedelta(days=day))
    assert steps() == [("service", "before", "stopped")]
    assert Reminder.objects.get().led_to == "J-1001"


def test_owner_who_wants_no_reminders_gets_none(make_unit, rule, rahima):
    unit = make_unit(sold_on=date(2026, 3, 8))
    ReminderStop.objects.create(unit=unit, customer=rahima, stopped_at=NOON)
    assert on_day(TODAY) == 0


def test_stop_of_an_earlier_owner_does_not_count(make_unit, rule, karim):
    unit = make_unit(sold_on=date(2026, 3, 8))
    ReminderStop.objects.create(unit=unit, customer=karim, stopped_at=NOON)
    assert on_day(TODAY) == 1


def test_unit_that_is_sold_on_or_given_back_needs_no_call(make_unit, rule, karim):
    sold_on, back = make_unit(sold_on=date(2026, 3, 8)), make_unit(sold_on=date(2026, 3, 8))
    on_day(TODAY)
    sold_on.owner = karim
    sold_on.save()
    back.owner, back.state = None, "returned"
    back.save()
    on_day(TODAY + timedelta(days=1))
    assert set(Reminder.objects.values_list("state", flat=True)) == {"over"}


def test_unit_in_the_workshop_is_not_reminded(make_unit, rule, people, rahima):
    from halkhata.desks.service.services.opening import open_job

    unit = make_unit(sold_on=date(2026, 3, 8))
    with moved_to(NOON):
        open_job(actor=people.caller, unit=unit, customer=rahima, branch=people.branch, complaint="Noise")
    assert on_day(TODAY) == 0


def test_free_service_is_warned_of_before_it_is_lost(make_unit):
    unit = make_unit(sold_on=date(2026, 5, 1))
    coupon(unit)
    assert on_day(TODAY) == 1
    row = Reminder.objects.get()
    assert (row.kind, row.step, row.due_on) == ("coupon", "before", TODAY + timedelta(days=10))
    assert on_day(TODAY + timedelta(days=10)) == 1
    assert steps() == [("coupon", "before", "followed"), ("coupon", "on", "open")]
    assert on_day(TODAY + timedelta(days=11)) == 0
    assert steps()[-1] == ("coupon", "on", "over")


def test_free_service_by_use_is_lost_earlier(make_unit):
    unit = make_unit(sold_on=date(2026, 5, 1), reads=[(date(2026, 5, 11), 400), (date(2026, 5, 31), 800)])
    coupon(unit, to_usage=1000, to_on=TODAY + timedelta(days=60))
    assert on_day(TODAY) == 1
    assert Reminder.objects.get().due_on == date(2026, 6, 10)


@pytest.mark.parametrize(
    "values",
    [
        {"from_on": TODAY + timedelta(days=1)},
        {"to_on": TODAY - timedelta(days=1)},
        {"to_on": TODAY + timedelta(days=40)},
        {"state": "cancelled"},
        {"to_usage": 500},
    ],
)
def test_free_service_that_cannot_be_used_or_has_time_is_not_warned_of(make_unit, values):
    unit = make_unit(sold_on=date(2026, 5, 1), reads=[(date(2026, 5, 31), 800)])
    coupon(unit, **values)
    assert on_day(TODAY) == 0


def test_two_dues_of_a_unit_are_told_on_two_days(make_unit, rule):
    unit = make_unit(sold_on=date(2026, 3, 8))
    coupon(unit)
    assert on_day(TODAY) == 1
    ReminderRun.objects.all().delete()
    assert on_day(TODAY) == 0
    assert on_day(TODAY + timedelta(days=1)) == 1
    assert sorted(Reminder.objects.values_list("kind", flat=True)) == ["coupon", "service"]


def test_contract_is_told_of_at_sixty_thirty_and_seven_days(make_unit):
    unit = make_unit(sold_on=date(2025, 1, 1))
    end = TODAY + timedelta(days=70)
    contract(unit, end)
    made = {}
    for day in range(72):
        if on_day(TODAY + timedelta(days=day)):
            made[(end - TODAY).days - day] = Reminder.objects.order_by("-pk").first().step
    assert made == {60: "60", 30: "30", 7: "7"}
    assert set(Reminder.objects.values_list("kind", flat=True)) == {"renewal"}


def test_renewed_contract_is_not_told_of(make_unit):
    unit = make_unit(sold_on=date(2025, 1, 1))
    contract(unit, TODAY + timedelta(days=20))
    contract(unit, TODAY + timedelta(days=400))
    assert on_day(TODAY) == 0


def test_narrowest_rule_holds(catalog, make_unit):
    ServiceRule.objects.create(months=12)
    ServiceRule.objects.create(kind=catalog.bike.kind, months=6)
    ServiceRule.objects.create(brand=catalog.brand, months=5)
    ServiceRule.objects.create(brand=catalog.brand, kind=catalog.bike.kind, months=4)
    place = {"product_id": catalog.bike.pk, "brand_id": catalog.brand.pk, "kind_id": catalog.bike.kind_id}
    assert Rules().of(**place).months == 4
    ServiceRule.objects.create(product=catalog.bike, months=3)
    assert Rules().of(**place).months == 3
    assert Rules().of(product_id=0, brand_id=0, kind_id=0).months == 12


def test_same_rule_twice_is_refused(catalog):
    ServiceRule.objects.create(kind=catalog.bike.kind, months=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRule.objects.create(kind=catalog.bike.kind, usage_every=500)


def test_killed_worker_is_gone_on_with(make_unit, rule, monkeypatch):
    for _number in range(7):
        make_unit(sold_on=date(2026, 3, 8))
    told = []
    real = planning.plan_units

    def dies_in_the_third(**values):
        told.append(values["low"])
        if len(told) == 3:
            raise SystemExit
        return real(**values)

    with moved_to(NOON):
        monkeypatch.setattr(planning, "plan_units", dies_in_the_third)
        with pytest.raises(SystemExit):
            plan_reminders(batch=2)
        assert (Reminder.objects.count(), ReminderRun.objects.get().made) == (4, 4)
        assert plan_reminders(batch=2) == 3
    run = ReminderRun.objects.get()
    assert (Reminder.objects.count(), run.looked_at, run.made, run.finished_at) == (7, 7, 7, NOON)
    # What was done before the end came was not looked at again.
    assert told[3] == told[2]


def test_statements_do_not_grow_with_the_units(make_unit, rule):
    def counted(number: int) -> int:
        Reminder.objects.all().delete()
        for _one in range(number):
            make_unit(sold_on=date(2026, 3, 8), reads=[(date(2026, 5, 1), 100)])
        with (
            moved_to(NOON),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            plan_units(low=0, high=10**9, day=TODAY, rules=Rules(), settings=aftercare_settings())
        assert Reminder.objects.count() >= number
        return len(seen)

    assert counted(2) == counted(20)


@pytest.mark.parametrize(("late", "text"), [(0, "waiting"), (3, "waiting"), (4, "off")])
def test_step_made_late_stands_on_the_list_without_a_text(make_unit, rule, late, text):
    """A shop's first morning with old units, or a week without power: no flood of texts."""
    make_unit(sold_on=date(2026, 3, 8))
    on_day(date(2026, 6, 1) + timedelta(days=late))
    assert Reminder.objects.values_list("step", "state", "text_state").get() == ("before", "open", text)


def test_settings_decide_how_early(make_unit, rule):
    AftercareSettings.objects.create(before_days=3, renewal_days=[60, 30, 7], sends_texts=False)
    make_unit(sold_on=date(2026, 3, 8))
    assert on_day(TODAY) == 0
    assert on_day(date(2026, 6, 5)) == 1
    assert Reminder.objects.get().text_state == "off"
