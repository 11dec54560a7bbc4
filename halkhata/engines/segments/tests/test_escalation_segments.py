"""Rows of the matrix for a segment of customers: whom they concern, and which of two rows for one step is taken."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.segments.services.segments import delete_segment
from halkhata.engines.work.models import EscalationFiring, EscalationRule, WorkItem
from halkhata.engines.work.services.escalation import demand_manager, sweep_silence
from halkhata.engines.work.services.policies import save_rule
from halkhata.engines.work.services.promises import sweep_due
from halkhata.engines.work.tests.conftest import english, frozen, make_item, minutes
from halkhata.engines.work.tests.conftest import test_kind as case_kind
from halkhata.engines.work.tests.test_costs import statements
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.customers.models import Customer

__all__ = ["case_kind", "english", "frozen", "make_item"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def gold(shop):
    return Segment.objects.create(name_en="Gold", conditions={}, state="ready")


@pytest.fixture
def member(gold):
    customer = Customer.objects.create(name_en="Rahima Test")
    SegmentMember.objects.create(segment=gold, customer=customer, generation=1)
    return customer


def row(level, trigger="breach", **values):
    return save_rule(actor=SYSTEM, rule=None, level=level, trigger=trigger, **values)


def levels(item):
    return sorted(EscalationFiring.objects.filter(item=item).values_list("level", flat=True))


def test_row_for_a_segment_fires_for_its_customers_alone(shop, make_item, frozen, gold, member):
    row(2)
    row(3, segment=gold.pk)
    inside, outside, nobody = make_item(customer=member), make_item(customer=Customer.objects.create()), make_item()
    frozen.shift(minutes(121))
    sweep_due(now())
    assert [levels(item) for item in (inside, outside, nobody)] == [[2, 3], [2], [2]]


def test_of_two_rows_for_one_step_the_more_specific_is_taken(shop, make_item, frozen, gold, member):
    row(2)
    mine = row(2, segment=gold.pk, reassign=True)
    row(2, kind="test_case")
    inside, outside = make_item(customer=member), make_item()
    frozen.shift(minutes(121))
    sweep_due(now())
    assert levels(inside) == levels(outside) == [2]
    # As much is asked by kind as by segment: of those the older row.
    assert EscalationFiring.objects.get(item=inside).rule == mine
    assert EscalationFiring.objects.get(item=outside).rule.kind == "test_case"
    inside.refresh_from_db()
    assert inside.owner == shop.lead


def test_row_that_asks_for_segment_and_priority_goes_before_one_that_asks_for_the_segment(
    shop, make_item, frozen, gold, member
):
    row(3, "demand", segment=gold.pk)
    both = row(3, "demand", segment=gold.pk, priority="normal")
    item = make_item(customer=member)
    assert demand_manager(actor=None, item=item) == 1
    assert EscalationFiring.objects.get(item=item).rule == both


def test_segment_left_after_the_opening_still_counts(shop, make_item, frozen, gold, member):
    row(3, segment=gold.pk)
    item = make_item(customer=member)
    SegmentMember.objects.all().delete()
    frozen.shift(minutes(121))
    sweep_due(now())
    assert levels(item) == [3]


def test_silence_of_a_segment_is_told_once_and_sooner(shop, make_item, frozen, gold, member):
    row(2, "silence", threshold=3)
    row(2, "silence", threshold=1, segment=gold.pk)
    inside, outside = make_item(customer=member), make_item()
    frozen.shift(timedelta(days=1, hours=1))
    assert sweep_silence(now()) == 1
    assert (levels(inside), levels(outside)) == ([2], [])
    assert sweep_silence(now()) == 0
    frozen.shift(timedelta(days=2))
    assert sweep_silence(now()) == 2
    assert (levels(inside), levels(outside)) == ([2, 2], [2])


def test_same_silence_in_a_row_for_all_is_not_told_twice(shop, make_item, frozen, gold, member):
    row(2, "silence", threshold=3)
    mine = row(2, "silence", threshold=3, segment=gold.pk)
    item = make_item(customer=member)
    frozen.shift(timedelta(days=3, hours=1))
    assert sweep_silence(now()) == 1
    assert EscalationFiring.objects.get(item=item).rule == mine
    # Nothing is left to look at: the sweep costs its rules and one look for each.
    assert statements(lambda: sweep_silence(now())) <= 4


def test_rows_that_ask_for_no_segment_cost_no_statement_more(shop, make_item, frozen, gold, member):
    row(2)
    make_item(customer=member)
    plain = statements(lambda: make_item(customer=member))
    row(3, segment=gold.pk)
    make_item(customer=member)
    assert statements(lambda: make_item(customer=member)) == plain + 1


def test_same_step_for_another_segment_is_another_row_and_for_the_same_is_refused(shop, gold):
    row(2)
    row(2, segment=gold.pk)
    with pytest.raises(DomainError, match="rule_exists"):
        row(2, segment=gold.pk)
    assert EscalationRule.objects.count() == 2
    with pytest.raises(IntegrityError):
        EscalationRule.objects.bulk_create([EscalationRule(level=2, trigger="breach", segment=gold.pk)])


def test_segment_nobody_knows_is_refused(shop):
    with pytest.raises(DomainError, match="bad_segment"):
        row(2, segment=999)
    assert not EscalationRule.objects.exists()


def test_form_offers_segments_and_the_list_names_them(shop, gold, client_as):
    client = client_as(shop.owner)
    url = reverse("work:rule_new")
    page = client.get(url).content.decode()
    assert "All customers" in page
    answer = client.post(url, {"level": "2", "trigger": "breach", "notify": "on", "is_active": "on",
                               "segment": str(gold.pk)})  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    rule = EscalationRule.objects.get()
    assert rule.segment == gold.pk
    assert "All priorities · Gold" in client.get(reverse("work:escalation")).content.decode()
    again = client.get(reverse("work:rule_edit", args=[rule.pk])).context["form"]
    assert str(again["segment"].value()) == str(gold.pk)
    client.post(reverse("work:rule_edit", args=[rule.pk]), {"level": "2", "trigger": "breach", "notify": "on"})
    rule.refresh_from_db()
    assert (rule.segment, rule.is_active) == (0, False)


def test_segment_that_a_step_asks_for_cannot_be_removed(shop, gold):
    row(2, segment=gold.pk)
    with pytest.raises(Conflict, match="segment_in_use"):
        delete_segment(actor=shop.owner, segment=gold)
    gold.refresh_from_db()
    assert gold.state == "ready"
    assert WorkItem.objects.count() == 0
