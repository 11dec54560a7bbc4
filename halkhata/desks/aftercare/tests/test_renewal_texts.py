"""A due service is the customer's own matter; that a contract can be renewed is an offer to whoever has one (B.4)."""

from datetime import date

import pytest

from halkhata.desks.aftercare.models import Reminder
from halkhata.desks.aftercare.services.planning import plan_reminders
from halkhata.desks.aftercare.services.texting import send_due_texts
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import TextMessage
from halkhata.records.privacy.services.consents import record_consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def reminder(make_unit, rule, at_noon):
    make_unit(sold_on=date(2026, 3, 8))
    plan_reminders()
    return Reminder.objects.get()


@pytest.fixture
def renewal(reminder):
    Reminder.objects.update(kind="renewal", why={"by": "contract"})
    return Reminder.objects.get()


def complain(people, reminder):
    open_ticket(
        actor=people.chief, subject="It stalls", customer=reminder.customer, channel="phone", branch=people.branch,
        owner=people.caller, acknowledge=False,
    )  # fmt: skip


def outcome():
    return [(one.purpose, one.state, one.rule) for one in TextMessage.objects.all()], Reminder.objects.get().text_state


def test_renewal_goes_to_who_was_never_asked(renewal):
    send_due_texts()
    assert outcome() == ([("renew", "prepared", "")], "prepared")
    assert "Renew it with us" in TextMessage.objects.get().text or "নবায়ন" in TextMessage.objects.get().text


def test_renewal_does_not_go_to_who_said_no_to_offers(renewal):
    record_consent(
        actor=None, customer=renewal.customer, purpose="marketing", channel="sms", act="withdrawn", source="phone"
    )
    send_due_texts()
    assert outcome() == ([("renew", "refused", "withdrawn")], "refused")


def test_renewal_is_not_offered_while_the_customer_complains(renewal, people):
    complain(people, renewal)
    send_due_texts()
    assert outcome() == ([("renew", "refused", "complaint")], "refused")


def test_due_service_is_told_whatever_was_refused_and_whoever_complains(reminder, people):
    record_consent(
        actor=None, customer=reminder.customer, purpose="marketing", channel="sms", act="withdrawn", source="phone"
    )
    complain(people, reminder)
    send_due_texts()
    assert outcome() == ([("notice", "prepared", "")], "prepared")
    assert TextMessage.objects.get().counted_at is None
