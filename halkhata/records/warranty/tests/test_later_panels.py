"""The panels of the unit page that come in after it: who gets them, as a partial and as a page, in few statements."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.aftercare.models import AftercareSettings, Reminder, ReminderStop, ServiceRule
from halkhata.desks.claims.services.opening import open_claim
from halkhata.desks.returns.services.approving import reject_return
from halkhata.desks.returns.services.defaults import create_first_policy
from halkhata.desks.returns.tests.conftest import ask
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.states import cancel_job
from halkhata.desks.service.tests.conftest import desk, make_job
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.days import today
from halkhata.records.catalog.registry import UnitPanel, unit_panels
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.catalog.tests.conftest import sold
from halkhata.records.customers.registry import search_sources
from halkhata.records.warranty.tests.conftest import sell_unit, terms

pytestmark = pytest.mark.django_db
__all__ = ["desk", "make_job", "sold", "terms"]
HTMX = {"HX-Request": "true"}
COLUMNS = ("main", "side")


def panel(**values: Any) -> UnitPanel:
    return UnitPanel(
        order=5, template="catalog/_state.html", context=lambda user, unit: {}, **{"later": True, **values}
    )


def only(monkeypatch: Any, **panels: UnitPanel) -> None:
    """No other panels than these."""
    monkeypatch.setattr(unit_panels, "_entries", panels)


def fetch(client: Any, column: str, number: str = "U-1001", **headers: str) -> Any:
    return client.get(reverse(f"catalog:panels_{column}", args=[number]), headers=headers)


def statements(client: Any, url: str, **headers: str) -> int:
    client.get(url, headers=headers)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url, headers=headers).status_code == 200
    return len(queries)


def all_of(client: Any, unit: Any) -> list[int]:
    """Statements of the page and of both columns that come after it."""
    page = f"/units/{unit.number}/"
    return [statements(client, page), *(statements(client, f"{page}panels/{one}/", **HTMX) for one in COLUMNS)]


def test_page_leaves_later_panels_out_and_names_where_they_are(catalog, sold, client_as, monkeypatch):
    only(monkeypatch, near=panel(later=False), far=panel(column="side"))
    client = client_as(catalog.seller)
    page = client.get("/units/U-1001/")
    part = fetch(client, "side", **HTMX).content.decode()
    assert (len(page.context["main_panels"]), len(page.context["side_panels"])) == (1, 0)
    address = "/units/U-1001/panels/side/"
    (held,) = BeautifulSoup(page.content, "html.parser").select(".hk-later")
    assert (held["hx-get"], held["hx-trigger"], held["hx-swap"]) == (address, "load", "outerHTML")
    assert held.select_one("noscript a")["href"] == address
    assert "Sold" in part
    assert "<html" not in part


def test_without_a_script_the_same_address_is_a_page(catalog, sold, client_as, monkeypatch):
    only(monkeypatch, far=panel())
    client = client_as(catalog.seller)
    page, bare = (fetch(client, column).content.decode() for column in COLUMNS)
    assert "<html" in page
    assert "Sold" in page
    assert 'href="/units/U-1001/"' in page
    assert "Nothing more is known about this unit." not in page
    assert "Nothing more is known about this unit." in bare


def test_reader_without_a_later_panel_gets_no_placeholder(catalog, sold, client_as, monkeypatch):
    only(monkeypatch, near=panel(later=False), far=panel(permission="sale.reverse"))
    client = client_as(catalog.seller)
    assert "hk-later" not in client.get("/units/U-1001/").content.decode()
    part = fetch(client, "main", **HTMX)
    assert (part.status_code, part.content) == (200, b"")
    assert "hk-later" in client_as(catalog.chief).get("/units/U-1001/").content.decode()


@pytest.mark.parametrize("column", COLUMNS)
def test_panels_of_a_unit_out_of_sight_are_not_found(catalog, sold, elsewhere, client_as, column):
    assert fetch(client_as(elsewhere.seller), column, **HTMX).status_code == 404
    assert fetch(client_as(elsewhere.seller), column).status_code == 404
    assert fetch(client_as(catalog.seller), column, "U-9", **HTMX).status_code == 404
    catalog.role.permissions = ["customer.view"]
    catalog.role.save()
    assert fetch(client_as(catalog.seller), column, **HTMX).status_code == 403


@pytest.mark.parametrize("column", COLUMNS)
def test_another_spelling_leads_to_the_number_itself(catalog, sold, client_as, column):
    answer = fetch(client_as(catalog.seller), column, "U-১০০১", **HTMX)
    assert (answer.status_code, answer["Location"]) == (302, f"/units/U-1001/panels/{column}/")


def test_what_everybody_looks_for_stands_in_the_page(catalog, sold, client_as):
    page = client_as(catalog.shop.owner).get("/units/U-1001/")
    shown = len(page.context["main_panels"]) + len(page.context["side_panels"])
    assert shown == len([one for one in unit_panels if not one.later])
    assert {name for name, one in unit_panels.items() if one.later} == {
        "service", "returns", "disputes", "claims", "aftercare", "stock", "deliveries.parcels",
    }  # fmt: skip
    assert {"warranty", "aftercare.recalls"} <= {name for name, one in unit_panels.items() if not one.later}


def test_page_and_panels_take_the_same_few_statements_with_one_and_with_eight_of_each(
    catalog, terms, rahima, desk, make_job, client_as
):
    create_first_policy()
    unit = sell_unit(catalog, rahima, on=today())
    line = unit.lines.select_related("purchase__branch", "purchase__customer", "product__kind").get()
    boss = catalog.shop.owner

    def one_more() -> None:
        job = make_job(unit)
        cancel_job(actor=desk.advisor, job=job, reason="mistake")
        hand_over(actor=desk.advisor, job=job, how="signature", taken_by="R", typed_name="R")
        reject_return(actor=boss, request=ask(SimpleNamespace(owner=boss), line), reason="Broken by a fall")
        open_claim(actor=SYSTEM, unit=unit)

    one_more()
    client = client_as(boss)
    few = all_of(client, unit)
    for _turn in range(7):
        one_more()
    assert ServiceJob.objects.count() == 8
    assert all_of(client, unit) == few
    assert few[0] <= 20
    assert max(few[1:]) <= 12
    main = fetch(client, "main", unit.number, **HTMX).content.decode()
    for words in ("J-100", "E-100", "Claims to the company", "Disputes"):
        assert words in main
    assert "Where it is" in fetch(client, "side", unit.number, **HTMX).content.decode()


def test_unit_with_meter_free_services_rule_and_reminders_takes_as_few(catalog, terms, rahima, desk, client_as):
    unit = sell_unit(catalog, rahima, catalog.bike, serial="PSU1", on=today() - timedelta(days=85))
    ServiceRule.objects.create(kind=catalog.bike.kind, months=3, usage_every=3000)
    AftercareSettings.objects.create(renewal_days=[60, 30, 7])
    ReminderStop.objects.create(unit=unit, customer=rahima, stopped_at=now())

    def one_more(turn: int) -> None:
        day = today() - timedelta(days=10 - turn)
        add_reading(actor=catalog.seller, unit=unit, value=100 + 100 * turn, read_on=day, source="counter")
        write_life(actor=SYSTEM, unit=unit, verb="job.delivered", data={"number": "J-1001"})
        Reminder.objects.create(
            unit=unit, customer=rahima, branch=catalog.branch, kind="service", due_key=f"service:{turn}",
            step="before", due_on=today(), call_on=today(), made_at=now(), text_at=now(),
        )  # fmt: skip

    one_more(0)
    client = client_as(catalog.shop.owner)
    few = all_of(client, unit)
    for turn in range(1, 8):
        one_more(turn)
    assert all_of(client, unit) == few
    assert few[0] <= 20
    assert max(few[1:]) <= 12
    side = fetch(client, "side", unit.number, **HTMX).content.decode()
    assert "Next service" in side
    assert "Remind the owner again" in side
    assert "Next service" not in client.get(f"/units/{unit.number}/").content.decode()


def test_search_for_units_reads_units_with_owners_and_their_numbers(catalog, sold, elsewhere):
    find = search_sources.get("units").find
    find(catalog.seller, "0001", 5)
    with CaptureQueriesContext(connection) as queries:
        (hit,) = find(catalog.seller, "0001", 5)
    assert hit.subtitle == "Rahima Test · SN-0001"
    assert len(queries) == 2
    sold.owner.branch = elsewhere.branch
    sold.owner.created_by = None
    sold.owner.home_team = None
    sold.owner.save()
    assert [hit.subtitle for hit in find(catalog.seller, "0001", 5)] == ["SN-0001"]
