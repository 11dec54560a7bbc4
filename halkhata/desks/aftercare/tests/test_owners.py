"""What becomes of reminders and recalls when a unit changes hands, comes back, or is booked by its owner."""

from datetime import date, timedelta

import pytest

from halkhata.desks.aftercare.models import RecallUnit, Reminder
from halkhata.desks.aftercare.registry import visit_bookers
from halkhata.desks.aftercare.services.planning import plan_reminders
from halkhata.desks.aftercare.services.recall_steps import record_recall_call
from halkhata.desks.aftercare.services.recalls import start_recall
from halkhata.desks.aftercare.services.texting import send_due_texts
from halkhata.desks.aftercare.tests.conftest import NOON, TODAY
from halkhata.desks.service.models import BookingRule, JobBooking
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbox import deliver_due
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.catalog.services.reversing import reverse_purchase
from halkhata.records.catalog.tests.conftest import sell

pytestmark = pytest.mark.django_db


def tell_all() -> None:
    while deliver_due():
        pass


@pytest.fixture
def fridge(catalog, rahima, rule):
    with moved_to(NOON - timedelta(days=85)):
        purchase = sell(catalog, rahima, bought_on=date(2026, 3, 8))
    unit = purchase.lines.get().unit
    rule.kind = catalog.fridge.kind
    rule.usage_every = None
    rule.save()
    return unit


def test_new_owner_is_told_of_the_recall_anew_and_old_reminders_end(catalog, people, fridge, rahima, karim):
    with moved_to(NOON):
        plan_reminders()
        start_recall(actor=SYSTEM, brand=catalog.brand, product=catalog.fridge, name_en="Cable", text_en="Come")
        record_recall_call(actor=people.caller, row=RecallUnit.objects.get(), result="reached")
        send_due_texts()
    with moved_to(NOON + timedelta(minutes=10)):
        transfer_unit(actor=catalog.seller, unit=fridge, to=karim, on=TODAY, consent="letter")
        tell_all()
    assert Reminder.objects.get().state == "over"
    row = RecallUnit.objects.get()
    assert (row.state, row.told_at, row.text_state) == ("waiting", None, "waiting")
    with moved_to(NOON + timedelta(minutes=20)):
        send_due_texts()
    assert TextMessage.objects.filter(customer=karim).count() == 1


def test_sale_that_is_taken_back_ends_its_reminders(catalog, fridge):
    with moved_to(NOON):
        plan_reminders()
        assert Reminder.objects.get().state == "open"
        purchase = fridge.ownerships.get().purchase
        reverse_purchase(actor=catalog.chief, purchase=purchase, reason="Wrong customer")
    assert Reminder.objects.get().state == "over"


def book(unit, day, key="k"):
    return visit_bookers.get("visits")(None, unit, unit.owner, day, "", key)


def test_wanted_day_is_a_booking_and_ends_the_reminder(people, fridge, rahima):
    BookingRule.objects.create(branch=fridge.branch, per_day=2, days_ahead=60)
    with moved_to(NOON):
        plan_reminders()
        number = book(fridge, TODAY + timedelta(days=1))
        assert book(fridge, TODAY + timedelta(days=2), "other") == number
        tell_all()
    assert JobBooking.objects.get().number == number
    assert Reminder.objects.values_list("state", "led_to").get() == ("booked", number)


def test_branch_without_bookings_gets_a_call_in_its_work(people, fridge):
    BookingRule.objects.create(branch=fridge.branch, per_day=0, days_ahead=60)
    with moved_to(NOON):
        number = book(fridge, TODAY + timedelta(days=1))
        assert book(fridge, TODAY + timedelta(days=1)) == number
    task = WorkItem.objects.get(number=number)
    assert (task.kind, task.cause) == ("follow_up", "k")
    assert JobBooking.objects.count() == 0


def test_closed_day_is_refused(people, fridge):
    BookingRule.objects.create(branch=fridge.branch, per_day=2, days_ahead=60)
    with moved_to(NOON), pytest.raises(DomainError, match="not_that_day"):
        book(fridge, TODAY + timedelta(days=4))  # a Friday
    assert JobBooking.objects.count() == 0
