"""Two customers become one, and two again exactly (A56.6, US-55)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core import clock
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.stragglers import gather_stragglers
from halkhata.records.customers.merging.unmerge import unmerge_customer
from halkhata.records.customers.models import (
    Activity,
    Address,
    ContactPoint,
    Customer,
    CustomerMerge,
    DuplicatePair,
    PairState,
)
from halkhata.records.customers.registry import MergeParticipant, merge_participants
from halkhata.records.customers.selectors.customers import find_by_contact
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.customers.services.contacts import add_contact_point
from halkhata.records.customers.services.customers import create_customer, update_customer

pytestmark = pytest.mark.django_db


def fresh(customer):
    return Customer.objects.get(pk=customer.pk)


def phones(customer):
    return list(ContactPoint.objects.filter(customer=customer).order_by("value").values_list("value", "is_primary"))


@pytest.fixture
def rahima(shop):
    return create_customer(
        actor=shop.agent, name_en="Rahima Khatun", phones=["01100000123"], note="likes tea",
        created_at=clock.now() - timedelta(days=100),
    )  # fmt: skip


@pytest.fixture
def double(shop, rahima):
    return create_customer(
        actor=shop.agent, name_bn="রহিমা খাতুন", phones=["01100000123", "01100000456"], emails=["rahima@example.com"],
        note="pays late", address={"line": "House 12", "upazila": "Savar"}, confirm_duplicate="test",
        created_at=clock.now() - timedelta(days=400),
    )  # fmt: skip


def test_survivor_has_what_both_had_and_the_alias_leads_on(shop, rahima, double):
    merge = merge_customers(
        actor=shop.agent, merged=double, survivor=rahima, chosen={"note": "both"}, reason="same voice"
    )
    survivor = fresh(rahima)
    assert (survivor.name_bn, survivor.name_en) == ("রহিমা খাতুন", "Rahima Khatun")
    assert survivor.note == "likes tea\n\npays late"
    # Known since the earlier of the two.
    assert survivor.created_at == double.created_at
    assert phones(rahima) == [
        ("+8801100000123", True), ("+8801100000456", False), ("rahima@example.com", True),
    ]  # fmt: skip
    assert str(Address.objects.get(customer=rahima)) == "House 12, Savar"
    assert fresh(double).merged_into_id == rahima.pk
    assert find_by_contact("phone", "01100000456").pk == rahima.pk
    assert [one.pk for one in search_customers(shop.agent, "01100000456")] == [rahima.pk]
    # So does the old number.
    assert [one.pk for one in search_customers(shop.agent, str(double.pk))] == [rahima.pk]
    assert merge.reason == "same voice"
    assert {"customer.merge", "customer.take_in"} <= set(AuditEntry.objects.values_list("action", flat=True))
    assert OutboxEvent.objects.filter(name="customer.merged").count() == 1
    assert Activity.objects.filter(customer=rahima, verb="customer.created").count() == 2


def test_choices_hold_field_by_field(shop, rahima, double):
    Address.objects.create(customer=rahima, line="House 1", upazila="Mirpur")
    merge_customers(
        actor=shop.agent, merged=double, survivor=rahima, chosen={"note": "merged", "more.address": "merged"}
    )
    assert fresh(rahima).note == "pays late"
    assert [str(one) for one in Address.objects.filter(customer=rahima)] == ["House 12, Savar"]
    unmerge_customer(actor=shop.agent, customer=fresh(double))
    assert fresh(rahima).note == "likes tea"
    assert [str(one) for one in Address.objects.filter(customer=rahima)] == ["House 1, Mirpur"]
    assert [str(one) for one in Address.objects.filter(customer=double)] == ["House 12, Savar"]


def test_a_name_that_was_not_chosen_still_finds_the_customer(shop, rahima, double):
    Customer.objects.filter(pk=double.pk).update(name_en="Shefali Begum")
    merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    assert fresh(rahima).name_en == "Rahima Khatun"
    assert [one.pk for one in search_customers(shop.agent, "Shefali")] == [rahima.pk]
    unmerge_customer(actor=shop.agent, customer=fresh(double))
    assert [one.pk for one in search_customers(shop.agent, "Shefali")] == [double.pk]


def test_both_names_chosen_away_leaves_a_name(shop, rahima, double):
    Customer.objects.filter(pk=rahima.pk).update(name_en="")
    merge_customers(
        actor=shop.agent, merged=double, survivor=rahima, chosen={"name_bn": "survivor", "name_en": "survivor"}
    )
    assert fresh(rahima).name_bn == "রহিমা খাতুন"


def test_undoing_restores_both_and_keeps_what_came_later(shop, rahima, double):
    merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    later = add_contact_point(actor=shop.agent, customer=fresh(rahima), kind="phone", typed="01100000999")
    survivor = fresh(rahima)
    update_customer(actor=shop.agent, customer=survivor, version=survivor.version, name_bn="রহিমা বেগম")
    unmerge_customer(actor=shop.agent, customer=fresh(double))
    assert phones(double) == [
        ("+8801100000123", True), ("+8801100000456", False), ("rahima@example.com", True),
    ]  # fmt: skip
    assert phones(rahima) == [("+8801100000123", True), (later.value, False)]
    # The name that somebody changed since is that somebody's word.
    assert fresh(rahima).name_bn == "রহিমা বেগম"
    assert fresh(rahima).created_at == rahima.created_at
    assert [one.pk for one in search_customers(shop.agent, "01100000456")] == [double.pk]
    assert DuplicatePair.objects.filter(state=PairState.OPEN).count() == 0


def test_chains_come_apart_in_any_order(shop, rahima, double):
    third = create_customer(actor=shop.agent, name_en="R. Khatun", phones=["01100000789"])
    merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    merge_customers(actor=shop.agent, merged=rahima, survivor=third)
    # Always in one step.
    assert fresh(double).merged_into_id == third.pk
    assert find_by_contact("phone", "01100000456").pk == third.pk
    unmerge_customer(actor=shop.agent, customer=fresh(double))
    assert [value for value, _first in phones(double)] == ["+8801100000123", "+8801100000456", "rahima@example.com"]
    assert fresh(rahima).merged_into_id == third.pk
    # Merged again with the one on top: undoing the merge below leaves it alone.
    merge_customers(actor=shop.agent, merged=fresh(double), survivor=fresh(third))
    unmerge_customer(actor=shop.agent, customer=fresh(rahima))
    assert fresh(double).merged_into_id == third.pk
    assert [value for value, _first in phones(rahima)] == ["+8801100000123"]
    assert "+8801100000456" in [value for value, _first in phones(third)]


def test_a_chain_undone_from_the_top_gives_the_alias_back_to_its_survivor(shop, rahima, double):
    third = create_customer(actor=shop.agent, name_en="R. Khatun", phones=["01100000789"])
    merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    merge_customers(actor=shop.agent, merged=rahima, survivor=third)
    unmerge_customer(actor=shop.agent, customer=fresh(rahima))
    assert fresh(double).merged_into_id == rahima.pk
    assert [value for value, _first in phones(third)] == ["+8801100000789"]
    assert "+8801100000456" in [value for value, _first in phones(rahima)]


def test_refusals(shop, rahima, double):
    with pytest.raises(Conflict) as same:
        merge_customers(actor=shop.agent, merged=rahima, survivor=rahima)
    assert same.value.code == "merge_same"
    with pytest.raises(DomainError) as unknown:
        merge_customers(actor=shop.agent, merged=double, survivor=rahima, chosen={"name_en": "both"})
    assert unknown.value.code == "unknown_choice"
    with pytest.raises(Conflict) as stale:
        merge_customers(actor=shop.agent, merged=double, survivor=rahima, survivor_version=99)
    assert stale.value.code == "changed_meanwhile"
    with pytest.raises(Conflict) as not_merged:
        unmerge_customer(actor=shop.agent, customer=double)
    assert not_merged.value.code == "not_merged"
    Customer.objects.filter(pk=double.pk).update(is_demo=True)
    with pytest.raises(Conflict) as invented:
        merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    assert invented.value.code == "demo_and_true"
    assert CustomerMerge.objects.count() == 0
    Customer.objects.filter(pk=double.pk).update(is_demo=False)
    merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    with pytest.raises(Conflict) as again:
        merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    assert again.value.code == "merge_again"


def test_after_thirty_days_it_stays(shop, rahima, double):
    merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    with clock.moved_to(clock.now() + timedelta(days=30, minutes=1)), pytest.raises(Conflict) as late:
        unmerge_customer(actor=shop.agent, customer=fresh(double))
    assert late.value.code == "undo_too_late"
    with clock.moved_to(clock.now() + timedelta(days=29, hours=23)):
        unmerge_customer(actor=shop.agent, customer=fresh(double))


def test_strangers_customers_and_masked_readers_are_refused(shop, rahima, double):
    from halkhata.foundation.accounts.models import Branch

    there = Branch.objects.create(code="there", name_en="There", path="/99/")
    # Neither the agent's branch nor written down by the agent, who would see that one, too.
    Customer.objects.filter(pk=double.pk).update(branch=there, created_by=None)
    with pytest.raises(NotFound):
        merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    role = shop.agent.role
    role.permissions = [right for right in role.permissions if right != "customer.see_private"]
    role.save()
    shop.agent.refresh_from_db()
    with pytest.raises(PermissionRefused):
        merge_customers(actor=shop.agent, merged=double, survivor=rahima)


def test_database_refuses_chains_and_rings_of_aliases(shop, rahima, double):
    third = create_customer(actor=shop.agent, name_en="Third")
    Customer.objects.filter(pk=double.pk).update(merged_into=rahima)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=third.pk).update(merged_into=double)  # an alias takes nobody in
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=rahima.pk).update(merged_into=third)  # whoever has aliases is no alias
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=rahima.pk).update(merged_into=double)


def test_without_the_trigger_a_chain_gets_in(shop, rahima, double):
    """The twin of the test above: the guard is the trigger and nothing else."""
    third = create_customer(actor=shop.agent, name_en="Third")
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else ' ON "customers_customer"'
        cursor.execute(f"DROP TRIGGER customers_alias_of_a_survivor{on}")
    Customer.objects.filter(pk=double.pk).update(merged_into=rahima)
    Customer.objects.filter(pk=third.pk).update(merged_into=double)
    assert fresh(fresh(third).merged_into).merged_into_id == rahima.pk


def test_a_row_written_for_the_alias_just_after_is_gathered_and_goes_back_with_it(shop, rahima, double):
    merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    # Somebody had found the customer before the merge, and writes after it.
    late = Activity.objects.create(customer=double, at=clock.now(), verb="ticket.opened")
    assert gather_stragglers() == 1
    late.refresh_from_db()
    assert late.customer_id == rahima.pk
    assert gather_stragglers() == 0
    unmerge_customer(actor=shop.agent, customer=fresh(double))
    late.refresh_from_db()
    assert late.customer_id == double.pk


def test_participants_of_other_apps_run_inside_the_merge_and_get_back_what_they_kept(shop, rahima, double):
    seen = []

    def merge(*, actor, merge, survivor, merged):
        seen.append(("merge", survivor.pk, merged.pk))
        return {"points": 40}

    def unmerge(*, actor, merge, survivor, merged, kept):
        seen.append(("unmerge", survivor.pk, merged.pk, kept))

    merge_participants.register("test", MergeParticipant(merge=merge, unmerge=unmerge))
    try:
        merge_customers(actor=shop.agent, merged=double, survivor=rahima)
        unmerge_customer(actor=shop.agent, customer=fresh(double))
    finally:
        del merge_participants._entries["test"]
    assert seen == [("merge", rahima.pk, double.pk), ("unmerge", rahima.pk, double.pk, {"points": 40})]


def test_a_participant_that_fails_undoes_the_whole_merge(shop, rahima, double):
    def merge(**_values):
        raise DomainError("no", "no")

    merge_participants.register("test", MergeParticipant(merge=merge, unmerge=merge))
    try:
        with pytest.raises(DomainError):
            merge_customers(actor=shop.agent, merged=double, survivor=rahima)
    finally:
        del merge_participants._entries["test"]
    assert fresh(double).merged_into_id is None
    assert len(phones(double)) == 3
    assert CustomerMerge.objects.count() == 0
