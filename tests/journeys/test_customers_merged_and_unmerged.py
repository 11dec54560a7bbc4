"""A merge moves everything every desk keeps of a customer, and undoing it restores every row (A56.6, US-55 AC 2).

The digest reads each table that ``customer_links`` names, so a desk that comes later is compared without a word here.
"""

from datetime import timedelta

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.tickets.models import Call
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import add_customer_message, conversation_of
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.clock import now
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.rows import links_that_move
from halkhata.records.customers.merging.unmerge import unmerge_customer
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import customer_links
from halkhata.records.customers.services.contacts import add_contact_point
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
# What only counts on, or is written to say that something happened.
COUNTS_ON = {"version", "updated_at", "last_activity_at"}
REMEMBERS = {"customers.CustomerMerge", "customers.DuplicatePair"}
SAYS_SO = ("customer.merged", "customer.unmerged")


def fresh(customer):
    return Customer.objects.get(pk=customer.pk)


def digest():
    """Every row of every table that points at a customer."""
    rows = {}
    for label in sorted({link.model_label for link in customer_links} - REMEMBERS):
        model = apps.get_model(label)
        found = model._base_manager.order_by("pk").values()
        if label == "customers.Activity":
            found = found.exclude(verb__in=SAYS_SO)
        # Index rows are written anew: their ids are nobody's.
        drop = COUNTS_ON | ({"id"} if label == "customers.SearchKey" else set())
        rows[label] = sorted(
            repr(sorted((name, value) for name, value in row.items() if name not in drop)) for row in found
        )
    return rows


def fill(shop, customer, email, number):
    """A customer with something on every desk."""
    ticket = open_ticket(
        actor=shop.agent, subject=f"Case {number}", customer=customer, channel="email", branch=shop.branch,
        acknowledge=False,
    )  # fmt: skip
    add_customer_message(
        actor=None, item=ticket, channel="email", text="words", from_address=email, customer=customer, is_first=True
    )
    Call.objects.create(
        direction="in", number="+8801100000123", branch=shop.branch, customer=customer, user=shop.agent,
        started_at=now(),
    )  # fmt: skip
    invite_customer(item=ticket, customer=customer, agent=shop.agent, cause=f"test:{number}", language="en")
    return ticket


@pytest.fixture
def people(shop):
    made = []
    for number, (name, phone) in enumerate(
        (("Rahima Khatun", "01100000123"), ("Raheema Khatoon", "01100000456"), ("R. Khatun", "01100000123")), 1
    ):
        email = f"rahima{number}@example.com"
        customer = create_customer(
            actor=shop.agent, name_en=name, phones=[phone], emails=[email], note=f"note {number}",
            address={"line": f"House {number}"}, confirm_duplicate="test",
            created_at=now() - timedelta(days=number * 10),
        )  # fmt: skip
        fill(shop, customer, email, number)
        made.append(customer)
    return made


def test_everything_moves_and_totals_stay_the_same(shop, people):
    one, other, _third = people
    before = {link.model_label: apps.get_model(link.model_label)._base_manager.count() for link in links_that_move()}
    merge_customers(actor=shop.agent, merged=other, survivor=one)
    for model in (WorkItem, Message, Call):
        assert not model._base_manager.filter(customer=other).exists()
        assert model._base_manager.filter(customer=one).count() == 2
    after = {link.model_label: apps.get_model(link.model_label)._base_manager.count() for link in links_that_move()}
    # The timeline says that it happened; nothing else came or went.
    assert {label: after[label] - before[label] for label in before if after[label] != before[label]} == {
        "customers.Activity": 1
    }


STEPS = st.lists(
    st.tuples(
        st.permutations([0, 1, 2]).map(lambda order: tuple(order[:2])),
        st.sampled_from([{}, {"note": "both"}, {"note": "merged", "name_en": "merged"}, {"more.address": "merged"}]),
    ),
    min_size=1,
    max_size=2,
)


@given(steps=STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undone_backwards_every_row_is_as_before(shop, people, steps):
    before = digest()
    done = []
    for (survivor, merged), chosen in steps:
        pair = fresh(people[survivor]), fresh(people[merged])
        if any(one.merged_into_id for one in pair):
            continue
        merge_customers(actor=shop.agent, survivor=pair[0], merged=pair[1], chosen=chosen)
        done.append(pair[1])
    assert digest() != before
    for merged in reversed(done):
        unmerge_customer(actor=shop.agent, customer=fresh(merged))
    after = digest()
    for label, rows in before.items():
        assert after[label] == rows, label


def test_the_digest_sees_a_single_row_that_stays_behind(shop, people):
    """The twin: with one row left at the survivor the comparison above would fail."""
    before = digest()
    merge_customers(actor=shop.agent, survivor=people[0], merged=people[1])
    unmerge_customer(actor=shop.agent, customer=fresh(people[1]))
    row = Call.objects.filter(customer=people[1]).first()
    Call.objects.filter(pk=row.pk).update(customer=people[0])
    assert digest() != before


def test_what_came_later_goes_to_whom_it_came_from(shop, people):
    one, other, _third = people
    merge_customers(actor=shop.agent, survivor=one, merged=other)
    survivor = fresh(one)
    theirs, ours = (
        open_ticket(
            actor=shop.agent, subject="Later", customer=survivor, channel="email", branch=shop.branch, acknowledge=False
        )
        for _ticket in range(2)
    )
    for ticket, address in ((theirs, "rahima2@example.com"), (ours, "rahima1@example.com")):
        conversation = conversation_of(ticket)
        conversation.customer_address = address
        conversation.save()
        add_customer_message(
            actor=None, item=ticket, channel="email", text="later", from_address=address, customer=survivor,
            is_first=True,
        )  # fmt: skip
    late_call = Call.objects.create(
        direction="in", number="+8801100000456", branch=shop.branch, customer=survivor, started_at=now()
    )
    new_number = add_contact_point(actor=shop.agent, customer=fresh(one), kind="phone", typed="01100000999")
    unmerge_customer(actor=shop.agent, customer=fresh(other))
    for row in (theirs, ours, late_call, new_number):
        row.refresh_from_db()
    assert (theirs.customer_id, ours.customer_id) == (other.pk, one.pk)
    assert late_call.customer_id == other.pk
    # Nobody can say whose the new number is: it stays where it was written.
    assert new_number.customer_id == one.pk
    later = Message.objects.filter(text="later").order_by("from_address").values_list("from_address", "customer_id")
    assert list(later) == [("rahima1@example.com", one.pk), ("rahima2@example.com", other.pk)]
