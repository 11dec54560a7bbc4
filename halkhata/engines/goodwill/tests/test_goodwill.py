"""Goodwill: within the limit of the role and of the month, else asked for (C.4, US-53)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from halkhata.engines.goodwill.models import Goodwill, GoodwillLimit, GoodwillMonth
from halkhata.engines.goodwill.selectors.fit import fit_of
from halkhata.engines.goodwill.selectors.report import cost_by_kind, goodwill_rows, retained_sales
from halkhata.engines.goodwill.services.granting import ask_goodwill, decide_goodwill, grant_goodwill
from halkhata.engines.work.models import Notification
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.catalog.tests.conftest import catalog, elsewhere, karim, rahima, sell
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

__all__ = ["catalog", "elsewhere", "karim", "rahima"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def people(catalog: Any) -> Any:
    rights = (*AGENT_PERMISSIONS, "goodwill.grant")
    roles = {
        code: make_role(code, level=level, scope="branch", permissions=rights)
        for code, level in (("small", 1), ("large", 3))
    }
    for code, case, month in (("small", 500, 800), ("large", 5000, 9000)):
        GoodwillLimit.objects.create(role=roles[code], per_case=case, per_month=month, currency="BDT")
    catalog.small = make_user("small", branch=catalog.branch, role=roles["small"])
    catalog.large = make_user("large", branch=catalog.branch, role=roles["large"])
    return catalog


def _values(people: Any, customer: Any, amount: int, **more: Any) -> dict[str, Any]:
    return {
        "actor": people.small, "kind": "late_warranty", "item": None, "customer": customer, "branch": people.branch,
        "reason": "Three days late, loyal", "cost": Decimal(amount), "currency": "BDT", **more,
    }  # fmt: skip


def test_within_the_limit_is_given_and_counted(people, rahima):
    given = grant_goodwill(**_values(people, rahima, 300))
    assert (given.state, given.decided_by) == ("granted", people.small)
    assert GoodwillMonth.objects.get(user=people.small).spent == Decimal("300.00")


def test_over_the_case_or_the_month_gives_nothing(people, rahima):
    with pytest.raises(DomainError) as refused:
        grant_goodwill(**_values(people, rahima, 501))
    assert refused.value.code == "goodwill_over_limit"
    grant_goodwill(**_values(people, rahima, 500))
    with pytest.raises(DomainError) as refused:
        grant_goodwill(**_values(people, rahima, 301))
    assert refused.value.data["left"] == "300.00"
    grant_goodwill(**_values(people, rahima, 300))  # to the last taka
    assert Goodwill.objects.count() == 2


def test_database_keeps_the_month_within_its_ceiling(people, rahima):
    grant_goodwill(**_values(people, rahima, 500))
    with pytest.raises(IntegrityError), transaction.atomic():
        GoodwillMonth.objects.update(spent=801)


def test_without_right_reason_or_sight_nothing_is_given(people, rahima, elsewhere):
    with pytest.raises(PermissionRefused):
        grant_goodwill(**_values(people, rahima, 1, actor=people.looker))
    for change, code in (({"reason": " "}, "reason_missing"), ({"kind": "x"}, "unknown_goodwill"),
                         ({"cost": Decimal("NaN")}, "bad_cost")):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            grant_goodwill(**_values(people, rahima, 1, **change))
        assert refused.value.code == code
    stranger = make_user("stranger", branch=elsewhere.branch, role=people.small.role)
    with pytest.raises(NotFound):
        grant_goodwill(**_values(people, rahima, 1, actor=stranger))
    assert (Goodwill.objects.count(), GoodwillMonth.objects.count()) == (0, 0)


def test_asked_goes_to_who_may_and_not_to_the_asker(people, rahima):
    asked = ask_goodwill(**_values(people, rahima, 4000))
    assert asked.state == "asked"
    assert list(Notification.objects.filter(verb="goodwill.asked").values_list("user", flat=True)) == [people.large.pk]
    with pytest.raises(PermissionRefused):
        decide_goodwill(actor=people.small, goodwill=asked, gives=True)
    with pytest.raises(DomainError):
        decide_goodwill(actor=people.large, goodwill=asked, gives=False)
    decide_goodwill(actor=people.large, goodwill=asked, gives=True)
    with pytest.raises(Conflict):
        decide_goodwill(actor=people.large, goodwill=asked, gives=False, note="No")
    assert GoodwillMonth.objects.get().user == people.large
    assert Notification.objects.filter(user=people.small, verb="goodwill.granted").count() == 1


def test_record_fits_only_who_buys_and_stays(people, rahima):
    assert fit_of(rahima).fits is False
    sell(people, rahima)
    sell(people, rahima, identifiers={"serial": "SN-0002"})
    assert fit_of(rahima).purchases == 2
    type(rahima).objects.filter(pk=rahima.pk).update(created_at="2020-01-01T00:00:00Z")
    rahima.refresh_from_db()
    assert fit_of(rahima).fits is True


def test_years_are_counted_on_the_shops_calendar(people, rahima):
    # In Dhaka it is the second of March already, and that day began six hours before it did in Greenwich.
    type(rahima).objects.filter(pk=rahima.pk).update(created_at="2024-03-01T12:00:00Z")
    rahima.refresh_from_db()
    with moved_to(datetime(2026, 2, 28, 19, 0, tzinfo=UTC)):
        assert fit_of(rahima).years == 2
    with moved_to(datetime(2026, 2, 28, 17, 0, tzinfo=UTC)):
        assert fit_of(rahima).years == 1


def test_report_adds_up_and_tells_what_stayed(people, rahima):
    grant_goodwill(**_values(people, rahima, 300))
    grant_goodwill(**_values(people, rahima, 200, kind="visit"))
    sell(people, rahima)
    rows = goodwill_rows(people.large)
    assert [(cost.kind, cost.count, cost.cost) for cost in cost_by_kind(rows)] == [
        ("late_warranty", 1, Decimal(300)),
        ("visit", 1, Decimal(200)),
    ]
    assert retained_sales(rows) == Decimal("42000.50")


def test_pages_open_and_over_the_limit_offers_to_ask(people, rahima, client_as):
    client = client_as(people.small)
    assert client.get("/goodwill/").status_code == 200
    assert client.get(f"/goodwill/new/?customer={rahima.pk}").status_code == 200
    sent = {"customer": rahima.pk, "kind": "visit", "reason": "Flood", "cost": "৪০০০"}
    over = client.post("/goodwill/new/", sent)
    assert over.status_code == 409
    assert b'name="ask"' in over.content
    asked = client.post("/goodwill/new/", {**sent, "ask": "1"})
    assert asked.status_code == 302
    row = Goodwill.objects.get()
    assert (row.state, row.cost) == ("asked", Decimal("4000.00"))
    boss = client_as(people.large)
    assert boss.post(f"/goodwill/{row.pk}/", {"gives": "1", "note": ""}).status_code == 302
    row.refresh_from_db()
    assert row.state == "granted"
    assert b"4,000" in boss.get("/goodwill/?state=granted").content
