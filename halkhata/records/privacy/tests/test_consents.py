"""What people agreed to: the ledger, the stricter at a merge, and a "no" that nothing brings back (E.7, N1 to N5)."""

from datetime import timedelta
from itertools import islice, permutations

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.foundation.core import clock
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.choices import ConsentState, Refusal
from halkhata.records.privacy.models import ConsentEvent, DoNotContact, PrivacySettings
from halkhata.records.privacy.selectors.consents import standing, standing_of
from halkhata.records.privacy.services.consents import (
    confirm_consent,
    object_to_everything,
    publish_wording,
    record_consent,
)
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.stops import lift_stop, stop_contact

pytestmark = pytest.mark.django_db

GRANTED, WITHDRAWN = "granted", "withdrawn"


@pytest.fixture
def rahima(shop):
    return create_customer(
        actor=shop.agent, name_en="Rahima Test", phones=["01100000001"], emails=["rahima@example.com"], language="en"
    )


def say(customer, act, *, purpose="marketing", channel="sms", actor=None, at=None, source="counter"):
    return record_consent(
        actor=actor, customer=customer, purpose=purpose, channel=channel, act=act, source=source, at=at
    )


def state(customer, purpose="marketing", channel="sms"):
    return standing(customer.pk, purpose, channel).state


def test_offers_need_a_yes_and_service_none(rahima):
    assert may_contact(rahima, "service", "sms")
    assert may_contact(rahima, "survey", "sms")
    assert may_contact(rahima, "marketing", "sms").refusal == Refusal.NO_CONSENT
    event = say(rahima, GRANTED)
    assert (event.wording.number, event.wording.purpose, event.act) == (1, "marketing", GRANTED)
    assert may_contact(rahima, "marketing", "sms")
    assert may_contact(rahima, "marketing", "phone").refusal == Refusal.NO_CONSENT


def test_no_is_one_step_and_holds_at_once(rahima):
    say(rahima, GRANTED)
    say(rahima, WITHDRAWN)
    assert state(rahima) == ConsentState.WITHDRAWN
    assert may_contact(rahima, "marketing", "sms").refusal == Refusal.STOPPED
    # Service goes on: what is owed is no advertising (mautic#11786).
    assert may_contact(rahima, "service", "sms")
    say(rahima, GRANTED)
    assert may_contact(rahima, "marketing", "sms")


def test_same_answer_twice_is_one_line(rahima):
    assert say(rahima, GRANTED) is not None
    assert say(rahima, GRANTED) is None
    assert ConsentEvent.objects.filter(customer=rahima).count() == 1


def test_new_words_are_agreed_to_anew(shop, rahima):
    say(rahima, GRANTED)
    second = publish_wording(actor=shop.owner, purpose="marketing", text_bn="নতুন কথা", text_en="New words")
    assert second.number == 2
    assert say(rahima, GRANTED).wording == second


def test_ledger_takes_no_change(rahima):
    event = say(rahima, GRANTED)
    with pytest.raises(DatabaseError, match="append-only"):
        ConsentEvent.objects.filter(pk=event.pk).update(act=WITHDRAWN)


def test_yes_to_mail_counts_once_confirmed(rahima):
    say(rahima, GRANTED, channel="email")
    assert may_contact(rahima, "marketing", "email").refusal == Refusal.UNCONFIRMED
    confirm_consent(customer=rahima, purpose="marketing", channel="email", proof="link")
    assert may_contact(rahima, "marketing", "email")
    assert confirm_consent(customer=rahima, purpose="marketing", channel="email", proof="link") is None


def test_without_double_opt_in_a_yes_to_mail_counts_at_once(rahima):
    PrivacySettings.objects.create(pk=1, double_opt_in=False)
    say(rahima, GRANTED, channel="email")
    assert may_contact(rahima, "marketing", "email")


def test_objection_ends_everything_but_service(rahima):
    say(rahima, GRANTED)
    written = object_to_everything(actor=None, customer=rahima, source="phone")
    assert written == 16
    assert not may_contact(rahima, "survey", "email")
    assert not may_contact(rahima, "marketing", "sms")
    assert may_contact(rahima, "service", "email")


def test_no_outlives_a_second_record_of_the_same_number(shop, rahima):
    """mautic#5949: the opt-out was lost when a duplicate was made."""
    say(rahima, WITHDRAWN)
    double = create_customer(
        actor=shop.agent, name_en="R Test", phones=["+880 1100-000001"], confirm_duplicate="another person"
    )
    say(double, GRANTED, source="import")
    assert state(double) == ConsentState.GRANTED
    assert may_contact(double, "marketing", "sms").refusal == Refusal.STOPPED


def test_number_of_somebody_else_gets_not_even_service(rahima):
    stop_contact(kind="phone", value="+8801100000001", purposes=[""], reason="wrong", source="phone")
    assert may_contact(rahima, "service", "sms").refusal == Refusal.STOPPED


def test_stop_names_nobody(rahima):
    stop_contact(kind="phone", value="+8801100000001", source="form")
    row = DoNotContact.objects.first()
    assert len(row.digest) == 64
    assert "1100000001" not in "".join(str(value) for value in row.__dict__.values())


def test_only_who_answers_for_privacy_takes_a_stop_back_and_says_how(shop, rahima):
    stop_contact(kind="phone", value="+8801100000001", purposes=["marketing"], source="form")
    with pytest.raises(PermissionRefused):
        lift_stop(actor=shop.agent, kind="phone", value="+8801100000001", how="asked")
    with pytest.raises(DomainError, match="no_reason"):
        lift_stop(actor=shop.owner, kind="phone", value="+8801100000001", how=" ")
    assert lift_stop(actor=shop.owner, kind="phone", value="+8801100000001", how="called from this number") == 1
    say(rahima, GRANTED)
    assert may_contact(rahima, "marketing", "sms")


def test_merge_takes_the_stricter_and_unmerge_gives_each_their_own(shop, rahima):
    other = create_customer(actor=shop.agent, name_en="Rahima T", phones=["01100000002"])
    at = clock.now() - timedelta(days=2)
    say(rahima, GRANTED, at=at + timedelta(days=1))
    say(other, WITHDRAWN, at=at)
    Customer.objects.filter(pk=other.pk).update(merged_into=rahima)
    assert state(rahima) == state(other) == ConsentState.WITHDRAWN
    # A yes after the merge speaks for both names the person was known by.
    event = say(rahima, GRANTED)
    assert event.covers == [other.pk]
    assert state(rahima) == ConsentState.GRANTED
    Customer.objects.filter(pk=other.pk).update(merged_into=None)
    assert state(rahima) == ConsentState.GRANTED
    assert state(other) == ConsentState.WITHDRAWN


def test_a_row_never_asked_does_not_take_a_yes_away(shop, rahima):
    other = create_customer(actor=shop.agent, name_en="Rahima T", phones=["01100000002"])
    say(rahima, GRANTED)
    Customer.objects.filter(pk=rahima.pk).update(merged_into=other)
    assert state(other) == ConsentState.GRANTED


@given(
    acts=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from([GRANTED, WITHDRAWN, "asked"]), st.integers(0, 5)), max_size=8
    )
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_order_of_reading_changes_nothing_and_any_no_wins(acts):
    """N5 as a property: over every order of rows, a person one of whose rows last said no has said no."""
    at = clock.now()
    rows = [
        ConsentEvent(pk=place, customer_id=customer, act=act, at=at + timedelta(minutes=minute), covers=[])
        for place, (customer, act, minute) in enumerate(acts, start=1)
    ]
    answer = standing_of(rows, [1, 2, 3]).state
    for order in islice(permutations(rows), 24):
        assert standing_of(order, [1, 2, 3]).state == answer
    last = {}
    for row in sorted(rows, key=lambda row: (row.at, row.pk)):
        last[row.customer_id] = row.act
    expected = next((act for act in (WITHDRAWN, "asked", GRANTED) if act in last.values()), "none")
    assert answer == expected


def test_what_is_refused(shop, rahima):
    stranger = type(shop.agent).objects.get(pk=shop.agent.pk)
    stranger.role.permissions = ["customer.view"]
    stranger.role.save()
    with pytest.raises(PermissionRefused):
        say(rahima, GRANTED, actor=stranger)
    with pytest.raises(DomainError, match="bad_purpose"):
        say(rahima, GRANTED, purpose="service")
    with pytest.raises(DomainError, match="in_future"):
        say(rahima, GRANTED, at=clock.now() + timedelta(days=1))
    assert ConsentEvent.objects.count() == 0
