"""What goes wrong most, by the money it cost and by product (A52.22)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.service.models import JobLine, ServiceJob
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.goodwill.models import Goodwill
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.models import Installation
from halkhata.oversight.analytics.selectors.cause_report import pareto
from halkhata.oversight.analytics.selectors.solved_tickets import SolvedFilters
from halkhata.oversight.analytics.tests.test_solved_reports import ALL, LINK, OPENED, november, solve
from halkhata.records.catalog.models import ProductKind, Unit, UnitIdentifier
from halkhata.records.catalog.services.defaults import create_all_kinds
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.customers.models import Customer

__all__ = ["november", "solve"]


@pytest.fixture
def units(shop):
    """Two fridges of one model with the numbers SN1 and SN2, a fan with FN1."""
    create_all_kinds()
    brand = save_brand(actor=SYSTEM, name_en="Testa")

    def made(kind, name, *numbers):
        product = save_product(
            actor=SYSTEM, brand=brand, kind=ProductKind.objects.get(code=kind), name_en=name, model_code=name[:3]
        )
        for number in numbers:
            unit = Unit.objects.create(number=f"U-{number}", product=product, branch=shop.branch)
            UnitIdentifier.objects.create(
                unit=unit, product=product, kind="serial", space="serial", value=number, folded=number
            )
        return product

    return made("appliance", "Fridge 220", "SN1", "SN2"), made("appliance", "Fan 56", "FN1")


def about(ticket, serial, customer=None):
    Ticket.objects.filter(pk=ticket.pk).update(serial=serial, customer=customer)
    ticket.refresh_from_db()
    return ticket


def repair(shop, serial, *lines, hours=5, customer=None, **more):
    """A job card with lines of (payer, cost, recoverable)."""
    number = ServiceJob.objects.count() + 1
    at = OPENED + timedelta(hours=hours)
    job = ServiceJob.objects.create(
        **{
            "number": f"J-8{number:03}", "kind": "job", "subject": "Repair", "branch": shop.branch, "team": shop.team,
            "owner": shop.agent, "channel": "counter", "opened_at": at, "last_activity_at": at, "last_update_at": at,
            "state": "in", "unit": Unit.objects.get(number=f"U-{serial}"), "complaint": "Broken", "currency": "BDT",
            "customer": customer, **more,
        }
    )  # fmt: skip
    for payer, cost, recoverable in lines:
        JobLine.objects.create(
            job=job, kind="part", text="Part", unit_price=0, payer=payer, charged=0, cost=Decimal(cost),
            is_recoverable=recoverable,
        )  # fmt: skip
    return job


def money(shop, period, **more):
    found = pareto(more.pop("user", shop.owner), period, ALL, by="money", **more)
    return [(line.key, line.tickets, line.money) for line in found.lines]


def test_repair_while_the_ticket_was_open_is_what_its_cause_cost(shop, solve, november, units):
    about(solve("delivery"), "sn-1")
    about(solve("billing"), "FN1")
    solve("misuse")
    repair(shop, "SN1", ("warranty", "1000.50", False), ("warranty", "400", True), ("warranty", "99.50", False))
    repair(shop, "FN1", ("customer", "700", False), ("warranty", "50", False))
    assert money(shop, november) == [
        ("delivery", 1, Decimal("1100.00")), ("billing", 1, Decimal("50.00")), ("misuse", 1, Decimal(0)),
    ]  # fmt: skip
    line = pareto(shop.owner, november, ALL, by="money").lines[0]
    assert (round(line.share, 1), line.is_vital) == (95.7, True)


@pytest.mark.parametrize(
    ("serial", "hours", "whose"),
    [("SN1", -1, "same"), ("SN1", 26, "same"), ("SN2", 5, "same"), ("SN1", 5, "other")],
    ids=["before", "after", "another unit", "another customer"],
)
def test_other_repairs_are_not_the_tickets(shop, solve, november, units, serial, hours, whose):
    mine, other = Customer.objects.create(name_en="Mine"), Customer.objects.create(name_en="Other")
    about(solve("delivery"), "SN1", mine)
    repair(shop, serial, ("warranty", "10", False), hours=hours, customer=mine if whose == "same" else other)
    assert money(shop, november) == [("delivery", 1, Decimal(0))]


def test_repair_counts_once_for_the_ticket_opened_first(shop, solve, november, units):
    about(solve("delivery"), "SN1")
    about(solve("billing", opened=OPENED + timedelta(hours=1)), "SN1")
    repair(shop, "SN1", ("warranty", "10", False))
    assert money(shop, november) == [("delivery", 1, Decimal(10)), ("billing", 1, Decimal(0))]


def test_work_under_the_ticket_and_its_goodwill_count_whatever_the_unit(shop, solve, november, units):
    ticket = solve("delivery")
    repair(shop, "FN1", ("warranty", "10", False), hours=60, parent=ticket)
    somebody = Customer.objects.create(name_en="Mine")
    for state, more in (("granted", {"decided_by": shop.owner, "decided_at": OPENED}), ("asked", {})):
        Goodwill.objects.create(
            kind="other", item=ticket, customer=somebody, branch=shop.branch, reason="Sorry", cost=Decimal("5.25"),
            currency="BDT", state=state, asked_by=shop.agent, **more,
        )  # fmt: skip
    assert money(shop, november) == [("delivery", 1, Decimal("15.25"))]


def test_amounts_in_another_currency_are_left_out(shop, solve, november, units):
    Installation.objects.update_or_create(pk=1, defaults={"currency": "BDT"})
    about(solve("delivery"), "SN1")
    repair(shop, "SN1", ("warranty", "10", False), currency="USD")
    assert money(shop, november) == [("delivery", 1, Decimal(0))]


def test_line_taken_off_the_card_costs_nothing(shop, solve, november, units):
    about(solve("delivery"), "SN1")
    job = repair(shop, "SN1", ("warranty", "10", False))
    job.lines.update(removed_at=OPENED)
    assert money(shop, november) == [("delivery", 1, Decimal(0))]


def test_by_product_counts_the_model_of_the_serial_number(shop, solve, november, units):
    fridge, fan = units
    for serial in ("SN1", "SN2", "FN1", "unknown", ""):
        about(solve("delivery"), serial)
    found = pareto(shop.owner, november, ALL, of="product")
    assert [(line.key, line.label, line.tickets) for line in found.lines] == [
        ("none", "No product known", 2), (str(fridge.pk), "Testa Fridge 220", 2), (str(fan.pk), "Testa Fan 56", 1),
    ]  # fmt: skip
    assert found.tickets == 5
    assert pareto(shop.owner, november, SolvedFilters(product=str(fan.pk))).tickets == 1


@pytest.mark.parametrize("address", ["?of=product", "?of=product&by=money", "?by=money", "?of=product&by=time"])
def test_every_number_is_the_number_of_tickets_it_opens(shop, solve, november, units, client_as, address):
    for serial in ("SN1", "SN2", "FN1", "", "unknown"):
        about(solve("delivery"), serial)
    repair(shop, "SN1", ("warranty", "1234.50", False))
    client = client_as(shop.owner)
    page = client.get(f"/reports/causes/{address}").content.decode()
    found = LINK.findall(page)
    assert found
    for link, shown in found:
        rows = client.get(link.replace("&amp;", "&")).context["page"]
        assert rows.total == len(rows.rows) == int(shown)
    if "money" in address:
        assert "Tk 1,234.50" in page


def test_costs_take_the_same_statements_however_many_tickets(shop, solve, november, units):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            pareto(shop.owner, november, ALL, of="product", by="money")
        return len(captured)

    about(solve("delivery"), "SN1")
    repair(shop, "SN1", ("warranty", "1", False))
    few = cost()
    for number in range(12):
        about(solve("billing"), ("SN1", "SN2", "FN1")[number % 3])
        repair(shop, "FN1", ("warranty", "1", False))
    assert cost() == few
    assert few <= 14


def test_repairs_out_of_sight_are_not_added_up(shop, solve, november, units):
    from halkhata.foundation.accounts.models import Branch

    about(solve("delivery"), "SN1")
    other = Branch.objects.create(code="far", name_en="Far", path="/997/")
    repair(shop, "SN1", ("warranty", "10", False), branch=other, team=None, owner=shop.owner)
    assert money(shop, november) == [("delivery", 1, Decimal(10))]
    assert money(shop, november, user=shop.lead) == [("delivery", 1, Decimal(0))]


def test_file_has_the_cost_only_where_it_was_asked_for(shop, solve, november, units, client_as):
    about(solve("delivery"), "SN1")
    repair(shop, "SN1", ("warranty", "10", False))
    client = client_as(shop.owner)
    text = client.get(reverse("analytics:causes_csv") + "?by=money").content.decode("utf-8-sig")
    head, line = text.splitlines()[:2]
    assert "What it cost us" in head
    assert line.startswith("Delivery,1,,10")
    assert "What it cost us" not in client.get(reverse("analytics:causes_csv")).content.decode("utf-8-sig")
