"""On which clock a customer lives, and when they wish to be reached (E.5)."""

from datetime import time

import pytest
from django.db import IntegrityError, transaction

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.unmerge import unmerge_customer
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.privacy.models import ContactHours
from halkhata.records.privacy.selectors.hours import clock_of, hours_of, phone_country
from halkhata.records.privacy.services.erasing import erase_person
from halkhata.records.privacy.services.hours import save_hours
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def rahima(shop):
    return create_customer(actor=shop.agent, name_en="Rahima Test", phones=["+8801100000021"], branch=shop.branch)


def test_hours_are_kept_with_who_wrote_them(shop, rahima):
    row = save_hours(
        actor=shop.agent, customer=rahima, time_zone=" Asia/Dubai ", earliest=time(17), latest=time(21), version=0
    )
    assert (row.time_zone, row.earliest, row.latest, row.version) == ("Asia/Dubai", time(17), time(21), 1)
    entry = AuditEntry.objects.get(action="customer.contact_hours")
    assert (entry.actor_id, entry.after["earliest"]) == (shop.agent.pk, "17:00")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"time_zone": "Asia/Atlantis"}, "time_zone"),
        ({"time_zone": "../UTC"}, "time_zone"),
        ({"earliest": time(9)}, "latest"),
        ({"latest": time(9)}, "earliest"),
        ({"earliest": time(9), "latest": time(9)}, "latest"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_field(shop, rahima, values, field):
    with pytest.raises(DomainError) as refused:
        save_hours(actor=shop.agent, customer=rahima, **values)
    assert refused.value.field == field
    assert not ContactHours.objects.exists()


def test_database_keeps_no_half_span(rahima):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactHours.objects.create(customer=rahima, earliest=time(9))


def test_who_may_not_change_the_customer_changes_no_hours(shop, rahima):
    may_read = make_role("reader", level=1, scope="all", permissions=["customer.view"])
    may_edit = make_role("far", level=1, scope="branch", permissions=["customer.view", "customer.edit"])
    elsewhere = Branch.objects.create(name_en="Far", code="far", path="/999/")
    reader = make_user("reader", branch=shop.branch, role=may_read)
    far = make_user("far", branch=elsewhere, role=may_edit)
    with pytest.raises(PermissionRefused):
        save_hours(actor=reader, customer=rahima, time_zone="Asia/Dubai")
    with pytest.raises(NotFound):
        save_hours(actor=far, customer=rahima, time_zone="Asia/Dubai")
    save_hours(actor=shop.agent, customer=rahima, time_zone="Asia/Dubai")
    with pytest.raises(Conflict):
        save_hours(actor=shop.agent, customer=rahima, time_zone="Asia/Tokyo", version=0)
    assert hours_of(rahima.pk).time_zone == "Asia/Dubai"


def test_clock_is_looked_for_in_four_places(shop, rahima):
    assert clock_of(rahima.pk, phone="+8801100000021").source == "phone"
    assert clock_of(rahima.pk).source == "company"
    update_customer(actor=shop.agent, customer=rahima, version=rahima.version, address={"line": "1", "country": "AE"})
    clock = clock_of(rahima.pk, phone="+8801100000021")
    assert (clock.zones, clock.source, clock.wish) == (("Asia/Dubai",), "address", None)
    save_hours(actor=shop.agent, customer=rahima, time_zone="Asia/Tokyo", earliest=time(10), latest=time(11))
    clock = clock_of(rahima.pk, phone="+8801100000021")
    assert (clock.zones, clock.source, clock.wish) == (("Asia/Tokyo",), "explicit", (time(10), time(11)))


def test_country_of_a_number():
    assert [phone_country(one) for one in ("+8801100000021", "+4915112345678", "+88312345678", "x", "")] == [
        "BD", "DE", "", "", "",
    ]  # fmt: skip


def test_merge_reads_the_others_hours_and_unmerge_gives_them_back(shop, rahima):
    other = create_customer(actor=shop.agent, name_en="Rahima Two", phones=["+8801100000022"], branch=shop.branch)
    save_hours(actor=shop.agent, customer=other, time_zone="Asia/Tokyo")
    assert hours_of(rahima.pk) is None
    merge = merge_customers(actor=shop.owner, survivor=rahima, merged=other)
    assert hours_of(rahima.pk).time_zone == "Asia/Tokyo"
    save_hours(actor=shop.agent, customer=rahima, time_zone="Asia/Dubai")
    assert hours_of(rahima.pk).time_zone == hours_of(other.pk).time_zone == "Asia/Dubai"
    unmerge_customer(actor=shop.owner, customer=merge.merged)
    assert (hours_of(rahima.pk).time_zone, hours_of(other.pk).time_zone) == ("Asia/Dubai", "Asia/Tokyo")


def test_erasure_takes_the_hours(shop, rahima):
    save_hours(actor=shop.agent, customer=rahima, time_zone="Asia/Tokyo")
    erase_person(actor=shop.owner, customer=rahima)
    assert not ContactHours.objects.exists()


def test_page_says_where_the_clock_is_from_and_saves(shop, rahima, client_as):
    client = client_as(shop.agent)
    url = f"/privacy/customers/{rahima.pk}/hours/"
    assert "By the country of the phone number" in client.get(url).content.decode()
    wrong = client.post(url, {"time_zone": "Moon", "version": "0"})
    assert wrong.status_code == 422
    assert "This time zone is not known." in wrong.content.decode()
    assert client.post(
        url, {"time_zone": "Asia/Dubai", "earliest": "17:00", "latest": "21:00", "version": "0"}
    ).url == (f"/privacy/customers/{rahima.pk}/")
    page = client.get(url).content.decode()
    assert "Written down for this customer" in page
    assert 'value="17:00"' in page
