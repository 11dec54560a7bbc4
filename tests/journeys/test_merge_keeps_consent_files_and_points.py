"""What a merge must not lose or mix up besides rows: consent, holds, files, own fields, balances of any later desk.

Consent and requests are links registered with ``on_merge="keep"``: their rows never move, and are read together.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import MessageAttachment
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.fields.selectors.values import read_tags, read_values
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.foundation.fields.services.tags import set_tags
from halkhata.foundation.fields.services.values import write_values
from halkhata.foundation.files.services.storing import read_file, store_file
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.preview import preview_merge
from halkhata.records.customers.merging.unmerge import merges_above, unmerge_customer
from halkhata.records.customers.models import Customer, CustomerMerge
from halkhata.records.customers.registry import MergeParticipant, customer_links, merge_participants
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.choices import ConsentState, Refusal
from halkhata.records.privacy.models import ConsentEvent, DataRequest, LegalHold
from halkhata.records.privacy.selectors.consents import standing
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.erasing import erase_person
from halkhata.records.privacy.services.holds import place_hold
from tests.journeys.test_customers_merged_and_unmerged import digest, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(shop):
    return [
        create_customer(
            actor=shop.agent,
            name_en=name,
            phones=[f"0110000{number:04d}", "01100000777"],
            note=f"note {number}",
            emails=[f"person{number}@example.com"],
            address={"line": f"House {number}"},
            confirm_duplicate="test",
            created_at=now() - timedelta(days=10 * number),
        )
        for number, name in enumerate(("Rahima Khatun", "Raheema Khatoon", "R. Khatun"), 1)
    ]


def say(customer, act, purpose="marketing", channel="sms"):
    return record_consent(actor=None, customer=customer, purpose=purpose, channel=channel, act=act, source="counter")


def state(customer, purpose="marketing", channel="sms"):
    return standing(customer.pk, purpose, channel).state


def test_the_stricter_consent_holds_and_each_has_the_own_one_back(shop, people):
    one, other, _third = people
    say(one, "granted")
    say(other, "withdrawn")
    say(other, "granted", channel="phone")
    rows = list(ConsentEvent.objects.order_by("id").values())
    (sentence,) = [str(line) for line in preview_merge(one, other).sentences]
    assert sentence == "Offers and advertising, SMS: one of the two agreed and the other did not. The stricter holds."
    merge_customers(actor=shop.agent, survivor=one, merged=other)
    survivor = fresh(one)
    assert state(survivor) == ConsentState.WITHDRAWN
    assert may_contact(survivor, "marketing", "sms").refusal in {Refusal.WITHDRAWN, Refusal.STOPPED}
    assert state(survivor, channel="phone") == ConsentState.GRANTED
    # The ledger only grows: not a line of it was touched.
    assert list(ConsentEvent.objects.order_by("id").values()) == rows
    unmerge_customer(actor=shop.agent, customer=fresh(other))
    assert (state(one), state(other)) == (ConsentState.GRANTED, ConsentState.WITHDRAWN)
    assert state(one, channel="phone") == ConsentState.NONE


def test_a_no_after_the_merge_holds_for_both_after_the_unmerge(shop, people):
    """What the person said while they were thought to be one was said with both numbers in hand."""
    one, other, _third = people
    say(one, "granted")
    say(other, "granted")
    merge_customers(actor=shop.agent, survivor=one, merged=other)
    say(fresh(one), "withdrawn")
    unmerge_customer(actor=shop.agent, customer=fresh(other))
    assert state(one) == ConsentState.WITHDRAWN
    # Their number is stopped by hash, whatever the ledger of the one who came back says.
    assert not may_contact(fresh(other), "marketing", "sms")


def test_a_hold_and_a_request_of_the_alias_bind_the_survivor(shop, people):
    one, other, _third = people
    hold = place_hold(actor=shop.owner, customer=other, reason="a dispute")
    assert "A legal hold goes along: nothing of both may be erased." in [
        str(line) for line in preview_merge(one, other).sentences
    ]
    merge_customers(actor=shop.agent, survivor=one, merged=other)
    with pytest.raises(Conflict) as refused:
        erase_person(actor=shop.owner, customer=fresh(one))
    assert refused.value.code == "may_not_erase"
    hold.refresh_from_db()
    assert hold.customer_id == other.pk
    unmerge_customer(actor=shop.agent, customer=fresh(other))
    erase_person(actor=shop.owner, customer=fresh(one))
    assert LegalHold.objects.filter(customer=other).count() == 1


def test_what_is_kept_by_registry_is_what_privacy_keeps():
    kept = {(link.model_label, link.field) for link in customer_links if link.on_merge == "keep"}
    for model in (ConsentEvent, DataRequest, LegalHold):
        assert (model._meta.label, "customer") in kept


def test_files_go_with_their_messages_and_come_back(shop, people):
    one, other, _third = people
    for number, customer in enumerate((one, other)):
        ticket = open_ticket(
            actor=shop.agent, subject=f"Case {number}", customer=customer, channel="email", branch=shop.branch,
            acknowledge=False,
        )  # fmt: skip
        file = store_file(name=f"photo{number}.txt", data=f"bytes {number}".encode())
        add_customer_message(
            actor=None, item=ticket, channel="email", text="see file", from_address=f"person{number + 1}@example.com",
            customer=customer, files=[(file, "", False)],
        )  # fmt: skip

    def files(customer):
        rows = MessageAttachment.objects.filter(message__customer=customer).select_related("file").order_by("id")
        return [read_file(row.file) for row in rows]

    merge_customers(actor=shop.agent, survivor=one, merged=other)
    assert (files(one), files(other)) == ([b"bytes 0", b"bytes 1"], [])
    unmerge_customer(actor=shop.agent, customer=fresh(other))
    assert (files(one), files(other)) == ([b"bytes 0"], [b"bytes 1"])


@pytest.fixture
def own_fields(shop, people):
    def make(code, kind, **more):
        return save_definition(actor=shop.owner, target="customer", code=code, kind=kind, name_en=code, **more)

    make("limit", "number")
    make("birthday", "date")
    make("licence", "text")
    make("uses", "several", options=[("", "Home"), ("", "Shop")])
    for customer, values, tags in (
        (people[0], {"limit": "500", "licence": "A1", "uses": "Home"}, ["Dealer"]),
        (people[1], {"limit": "900.5", "birthday": "21/02/1990", "uses": "Shop"}, ["Dealer", "Late payer"]),
    ):
        write_values(actor=shop.agent, target="customer", record_id=customer.pk, values=values)
        set_tags(actor=shop.agent, target="customer", record_id=customer.pk, names=tags)


def own_values(customer):
    return read_values("customer", [customer.pk])[customer.pk]


def test_own_fields_are_chosen_one_by_one_and_given_back(shop, people, own_fields):
    one, other, _third = people
    before = digest()
    lines = {line.name: line for line in preview_merge(fresh(one), fresh(other)).fields}
    assert (lines["more.own.limit"].is_open, lines["more.own.birthday"].is_open) == (True, False)
    merge_customers(actor=shop.agent, survivor=one, merged=other, chosen={"more.own.limit": "merged"})
    held = own_values(one)
    assert (str(held["limit"]), held["licence"], str(held["birthday"])) == ("900.5", "A1", "1990-02-21")
    assert sorted(held["uses"]) == ["home", "shop"]
    assert [tag.name for tag in read_tags("customer", [one.pk])[one.pk]] == ["Dealer", "Late payer"]
    unmerge_customer(actor=shop.agent, customer=fresh(other))
    after = digest()
    for label in ("customers.CustomerValue", "customers.CustomerTag", "customers.Customer"):
        assert after[label] == before[label], label


def test_a_later_word_in_an_own_field_stays(shop, people, own_fields):
    one, other, _third = people
    merge_customers(actor=shop.agent, survivor=one, merged=other, chosen={"more.own.limit": "merged"})
    write_values(actor=shop.agent, target="customer", record_id=one.pk, values={"limit": "700"})
    unmerge_customer(actor=shop.agent, customer=fresh(other))
    assert (str(own_values(one)["limit"]), str(own_values(other)["limit"])) == ("700", "900.5")


@pytest.fixture
def points(people):
    """A desk that does not exist yet: a balance for each customer, united by a merge and parted by its undoing."""
    balances = {customer.pk: 10**number for number, customer in enumerate(people, 1)}

    def merge(*, actor, merge, survivor, merged):
        moved = balances[merged.pk]
        balances[survivor.pk] += moved
        balances[merged.pk] = 0
        return {"moved": moved}

    def unmerge(*, actor, merge, survivor, merged, kept):
        balances[survivor.pk] -= kept["moved"]
        balances[merged.pk] += kept["moved"]
        # Carried on by later merges, which have that much less to give back now.
        for later in CustomerMerge.objects.filter(pk__in=merges_above(merge)):
            later.kept["points"]["moved"] -= kept["moved"]
            later.save(update_fields=["kept"])

    merge_participants.register("points", MergeParticipant(merge=merge, unmerge=unmerge))
    yield balances
    del merge_participants._entries["points"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "unmerge"]), st.integers(0, 2), st.integers(0, 2),
        st.sampled_from([
            {}, {"note": "merged", "name_en": "merged"}, {"note": "both"}, {"more.address": "merged"},
            {"more.own.limit": "merged"},
        ]),
    ),
    max_size=8,
)  # fmt: skip


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_totals_stay_and_everything_undone_in_any_order_is_as_before(shop, people, own_fields, points, steps):
    before, total = digest(), sum(points.values())
    start = dict(points)
    merged = []
    for act, first, second, chosen in steps:
        one, other = fresh(people[first]), fresh(people[second])
        try:
            if act == "merge":
                merge_customers(actor=shop.agent, survivor=one, merged=other, chosen=chosen)
                merged.append(other)
            elif act == "unmerge" and other.merged_into_id:
                unmerge_customer(actor=shop.agent, customer=other)
                merged.remove(other)
        except Conflict as refused:
            assert refused.code in {"merge_same", "merge_again"}  # noqa: PT017
        assert sum(points.values()) == total
        # Nobody who is an alias holds anything.
        assert all(
            points[pk] == 0 for pk in Customer.objects.filter(merged_into__isnull=False).values_list("pk", flat=True)
        )
    for customer in merged:
        unmerge_customer(actor=shop.agent, customer=fresh(customer))
    assert points == start
    after = digest()
    for label, rows in before.items():
        assert after[label] == rows, label
