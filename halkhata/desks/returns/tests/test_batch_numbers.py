"""Returns by the maker's batch: written down at the sale, counted against what was sold of it, also as a file."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.desks.returns.selectors.analytics import SMALL_BATCH, Span, report
from halkhata.desks.returns.tests.conftest import ask
from halkhata.foundation.audit.models import AuditEntry
from halkhata.records.catalog.days import today
from halkhata.records.catalog.identifiers import clean_batch
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.services.correcting import correct_unit
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.catalog.services.units import create_unit
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db
SPAN = Span(today() - timedelta(days=30), today())


def sold(desk, serial, batch, days_ago=1):
    purchase = record_purchase(
        actor=desk.owner, customer=desk.buyer, branch=desk.branch, bought_on=today() - timedelta(days=days_ago),
        currency="BDT",
        lines=[
            NewLine(
                product=desk.fridge, identifiers={"serial": serial}, unit_price=Decimal("12500.00"), batch=batch
            )
        ],
    )  # fmt: skip
    return purchase.lines.select_related("unit", "product__kind", "purchase__branch", "purchase__customer").get()


@pytest.mark.parametrize(
    ("typed", "kept"), [(" l-২০৪  b ", "L-204 B"), ("", None), (None, None), ("\u200b", None), ("x" * 50, "X" * 40)]
)
def test_a_batch_is_kept_in_capitals_and_ascii_digits(typed, kept):
    assert clean_batch(typed) == kept


def test_a_unit_in_stock_keeps_its_batch_and_gets_one_where_it_has_none(desk):
    for serial, batch in (("F-1", "A1"), ("F-2", "")):
        create_unit(
            actor=desk.owner, product=desk.fridge, identifiers={"serial": serial}, branch=desk.branch, batch=batch
        )
    assert (sold(desk, "F-1", "B9").unit.batch, sold(desk, "F-2", "b9").unit.batch) == ("A1", "B9")


def test_a_batch_is_corrected_and_what_is_not_named_stays(desk):
    unit = sold(desk, "F-1", "A1").unit
    correct_unit(actor=desk.owner, unit=unit, identifiers={"serial": "F-1"})
    assert Unit.objects.get(pk=unit.pk).batch == "A1"
    correct_unit(actor=desk.owner, unit=unit, identifiers={"serial": "F-1"}, batch="a2")
    assert Unit.objects.get(pk=unit.pk).batch == "A2"
    correct_unit(actor=desk.owner, unit=unit, identifiers={"serial": "F-1"}, batch="")
    assert Unit.objects.get(pk=unit.pk).batch is None


def test_the_rate_is_returned_units_of_what_was_sold_of_the_batch(desk, monkeypatch):
    lines = [sold(desk, f"F-{number}", "L-1") for number in range(4)]
    # Sold before the span: of the same batch all the same.
    sold(desk, "F-90", "L-1", days_ago=60)
    other = sold(desk, "F-91", "L-2")
    ask(desk, lines[0])
    ask(desk, other)
    ask(desk, sold(desk, "F-92", ""))
    found = {line.url.split("batch=")[1]: line for line in report(desk.owner, SPAN).by_batch}
    assert sorted(found) == ["L-1", "L-2"]
    assert (found["L-1"].count, found["L-1"].sold, found["L-1"].rate) == (1, 5, Decimal("20.0"))
    assert (found["L-2"].sold, found["L-2"].rate, found["L-2"].is_small) == (1, Decimal("100.0"), True)
    assert SMALL_BATCH == 20
    monkeypatch.setattr("halkhata.desks.returns.selectors.analytics.SMALL_BATCH", 5)
    assert [line.is_small for line in report(desk.owner, SPAN).by_batch if line.sold == 5] == [False]


def test_a_product_of_which_more_came_back_than_was_sold_in_these_days_has_no_rate(desk):
    ask(desk, sold(desk, "F-1", "", days_ago=60), against_rules=True)
    ask(desk, sold(desk, "F-2", "", days_ago=1))
    (line,) = report(desk.owner, SPAN).by_product
    assert (line.count, line.rate) == (2, None)
    sold(desk, "F-3", "")
    (line,) = report(desk.owner, SPAN).by_product
    assert line.rate == Decimal("100.0")


def test_the_number_leads_to_its_rows_and_stands_in_the_file(desk, client_as):
    page = client_as(desk.owner)
    request = ask(desk, sold(desk, "F-1", "L-1"))
    ask(desk, sold(desk, "F-2", "L-2"))
    (line,) = [one for one in report(desk.owner, SPAN).by_batch if "L-1" in one.url]
    board = page.get(line.url)
    assert [row.pk for row in board.context["page"].items] == [request.pk]
    shown = page.get("/returns/numbers/").content.decode()
    assert "By batch" in shown
    assert "Small batch" in shown
    sheet = page.get("/returns/numbers/file/")
    assert sheet["Content-Type"] == "text/csv; charset=utf-8"
    rows = [row for row in sheet.content.decode().splitlines() if "L-1" in row]
    assert len(rows) == 1
    assert rows[0].endswith("1,100.0,1,yes,")
    assert AuditEntry.objects.filter(action="return.numbers_export").count() == 1


def test_a_foreign_branch_counts_for_nobody_elses_batch(desk):
    ask(desk, sold(desk, "F-1", "L-1"))
    role = make_role("alone", level=2, scope="own", permissions=("return.view", "unit.view"))
    alone = make_user("alone", branch=desk.branch, role=role)
    assert report(alone, SPAN).by_batch == []


def test_more_batches_need_no_more_queries(desk):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            report(desk.owner, SPAN)
        return len(caught)

    # Three make a serial returner, who is looked up by a query of their own.
    for number in range(1, 4):
        ask(desk, sold(desk, f"F-{number}", f"L-{number}"))
    before = queries()
    for number in range(4, 9):
        ask(desk, sold(desk, f"F-{number}", f"L-{number}"))
    assert queries() == before
