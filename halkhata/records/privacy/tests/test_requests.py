"""Requests about data, breaches, holds and periods: each with its clock (E.8, E.9, N9)."""

import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from halkhata.foundation.core import clock
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.choices import Refusal
from halkhata.records.privacy.models import Erasure, RetentionRule
from halkhata.records.privacy.services.breaches import save_breach
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.erasing import erase_person
from halkhata.records.privacy.services.exporting import export_person
from halkhata.records.privacy.services.holds import end_hold, place_hold
from halkhata.records.privacy.services.requests import end_request, extend_request, months_after, open_request
from halkhata.records.privacy.services.retention import set_period, sweep_retention

pytestmark = pytest.mark.django_db


@pytest.fixture
def rahima(shop):
    return create_customer(
        actor=shop.agent, name_en="Rahima Test", phones=["01100000001"], emails=["rahima@example.com"],
        address={"line": "House 5", "district": "Dhaka"}, note="Likes tea", language="en",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [((2026, 1, 31), 1, (2026, 2, 28)), ((2028, 1, 31), 1, (2028, 2, 29)), ((2026, 11, 30), 3, (2027, 2, 28)),
     ((2026, 3, 15), 1, (2026, 4, 15))],
)  # fmt: skip
def test_a_month_ends_on_the_same_day_or_the_months_last(start, months, end):
    assert months_after(datetime(*start, 9, 30, tzinfo=UTC), months) == datetime(*end, 9, 30, tzinfo=UTC)


def test_month_two_more_once_and_the_end(shop, rahima):
    came = clock.now() - timedelta(days=3)
    row = open_request(actor=shop.owner, kind="access", customer=rahima, received_at=came)
    assert row.number == "P-1001"
    assert row.due_at == months_after(came, 1)
    with pytest.raises(DomainError, match="no_reason"):
        extend_request(actor=shop.owner, request=row, reason="")
    row = extend_request(actor=shop.owner, request=row, reason="Old paper books")
    assert row.due_at == months_after(came, 3)
    with pytest.raises(Conflict, match="extended_before"):
        extend_request(actor=shop.owner, request=row, reason="Again")
    with pytest.raises(DomainError, match="no_reason"):
        end_request(actor=shop.owner, request=row, answer="", refused=True)
    row = end_request(actor=shop.owner, request=row, answer="Sent by post")
    assert row.state == "done"
    with pytest.raises(Conflict, match="not_open"):
        end_request(actor=shop.owner, request=row, answer="Sent by post")


def test_extension_after_the_month_is_refused(shop, rahima):
    row = open_request(actor=shop.owner, kind="access", customer=rahima, received_at=clock.now() - timedelta(days=40))
    with pytest.raises(Conflict, match="too_late"):
        extend_request(actor=shop.owner, request=row, reason="Busy")


def test_objection_works_without_waiting_for_anybody(shop, rahima):
    open_request(actor=shop.owner, kind="objection", customer=rahima)
    assert not may_contact(rahima, "marketing", "email")
    assert not may_contact(rahima, "survey", "sms")


def test_while_a_restriction_is_open_data_are_not_used(shop, rahima):
    row = open_request(actor=shop.owner, kind="restriction", customer=rahima)
    assert may_contact(rahima, "survey", "email").refusal == Refusal.RESTRICTED
    assert may_contact(rahima, "service", "email")
    end_request(actor=shop.owner, request=row, answer="Looked into it")
    assert may_contact(rahima, "survey", "email")


def test_agent_may_not(shop, rahima):
    for call in (
        lambda: open_request(actor=shop.agent, kind="access", customer=rahima),
        lambda: export_person(actor=shop.agent, customer=rahima),
        lambda: erase_person(actor=shop.agent, customer=rahima),
        lambda: place_hold(actor=shop.manager, customer=rahima, reason="x"),
    ):
        with pytest.raises(PermissionRefused):
            call()


def test_export_holds_all_of_it_as_json_and_csv(shop, rahima):
    row = open_request(actor=shop.owner, kind="access", customer=rahima, what="=1+1")
    with zipfile.ZipFile(export_person(actor=shop.owner, customer=rahima, request=row)) as archive:
        tables = json.loads(archive.read("data.json"))["tables"]
        names = set(archive.namelist())
        requests = archive.read("csv/privacy.datarequest.csv").decode()
    assert tables["customers.customer"][0]["name_en"] == "Rahima Test"
    assert tables["customers.customer"][0]["note"] == "Likes tea"
    assert {point["value"] for point in tables["customers.contactpoint"]} == {"+8801100000001", "rahima@example.com"}
    assert tables["customers.address"][0]["line"] == "House 5"
    assert "csv/customers.contactpoint.csv" in names
    # A spreadsheet runs nothing of it.
    assert "'=1+1" in requests
    assert "'+8801100000001" in zipfile_text(export_person(actor=shop.owner, customer=rahima), "customers.contactpoint")
    row.refresh_from_db()
    assert row.state == "done"


def zipfile_text(file, label):
    with zipfile.ZipFile(file) as archive:
        return archive.read(f"csv/{label}.csv").decode()


def test_hold_stops_erasure_until_it_ends(shop, rahima):
    hold = place_hold(actor=shop.owner, customer=rahima, reason="Case 12 of 2026")
    with pytest.raises(Conflict, match="held_already"):
        place_hold(actor=shop.owner, customer=rahima, reason="Again")
    with pytest.raises(Conflict, match="may_not_erase"):
        erase_person(actor=shop.owner, customer=rahima)
    rahima.refresh_from_db()
    assert rahima.name_en == "Rahima Test"
    end_hold(actor=shop.owner, hold=hold)
    erase_person(actor=shop.owner, customer=rahima)
    rahima.refresh_from_db()
    assert rahima.name_en == ""


def test_late_notice_of_a_breach_says_why_and_a_risky_one_is_not_closed_untold(shop):
    noticed = clock.now() - timedelta(hours=80)
    row = save_breach(actor=shop.owner, title="Laptop stolen", noticed_at=noticed)
    assert row.due_at == noticed + timedelta(hours=72)
    with pytest.raises(DomainError, match="not_told"):
        save_breach(actor=shop.owner, breach=row, close=True)
    with pytest.raises(DomainError, match="late_reason"):
        save_breach(actor=shop.owner, breach=row, authority_told_at=clock.now())
    row = save_breach(
        actor=shop.owner, breach=row, authority_told_at=clock.now(), late_reason="Found out on a holiday", close=True
    )
    assert row.closed_at is not None


def test_after_ten_quiet_years_nothing_is_left_but_held_and_busy_people(shop, rahima):
    """N12 on a moved clock."""
    held = create_customer(actor=shop.agent, name_en="Held Test", phones=["01100000002"])
    place_hold(actor=shop.owner, customer=held, reason="Case 12")
    set_period(actor=shop.owner, code="quiet_customers", days=3650)
    assert sweep_retention() == {"quiet_customers": 0}
    with clock.moved_to(clock.now() + timedelta(days=3651)):
        fresh = create_customer(actor=shop.agent, name_en="Fresh Test", phones=["01100000003"])
        assert sweep_retention() == {"quiet_customers": 1}
        assert sweep_retention() == {"quiet_customers": 0}
    assert Erasure.objects.get().customer_id_then == rahima.pk
    for customer, name in ((rahima, ""), (held, "Held Test"), (fresh, "Fresh Test")):
        customer.refresh_from_db()
        assert customer.name_en == name
    assert RetentionRule.objects.get().last_count == 0
