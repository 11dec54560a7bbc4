"""Whose time it was (A52.13) and what goes wrong most (A52.22): exact numbers, each opens its rows."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from halkhata.desks.tickets.models import Category, Resolution, Ticket
from halkhata.engines.work.models import WorkEvent
from halkhata.foundation.core.clock import moved_to
from halkhata.oversight.analytics.periods import ready_period
from halkhata.oversight.analytics.selectors.cause_report import pareto
from halkhata.oversight.analytics.selectors.solved_tickets import SolvedFilters
from halkhata.oversight.analytics.selectors.stage_report import stage_report
from halkhata.oversight.analytics.tests.conftest import DHAKA

# A Sunday: open from nine to one and from two to eight.
OPENED = datetime(2026, 11, 15, 9, 0, tzinfo=DHAKA)
ALL = SolvedFilters()
# What happens when, in hours after the opening: ours 1 h, the customer's 2 h, the manufacturer's 20 h, ours 2 h.
STORY = (
    (1, "waiting_customer", "paused"), (3, "waiting_manufacturer", "paused"), (23, "waiting_internal", "open"),
    (25, "resolved", "resolved"),
)  # fmt: skip


@pytest.fixture
def november():
    with moved_to(datetime(2026, 11, 22, 12, tzinfo=DHAKA)):
        yield ready_period("this-month")


@pytest.fixture
def solve(shop):
    """``solve(cause="delivery", …)``: a solved ticket with the history of STORY."""

    def make(cause="delivery", *, category=None, owner=None, opened=OPENED, undone=False):
        number = Ticket.objects.count() + 1
        ended = opened + timedelta(hours=25)
        ticket = Ticket.objects.create(
            number=f"K-8{number:03}", kind="complaint", subject=f"Case {number}", branch=shop.branch, team=shop.team,
            owner=owner or shop.agent, channel="phone", category=category, opened_at=opened, last_activity_at=ended,
            last_update_at=ended, resolved_at=ended, state="resolved", state_flag="resolved",
        )  # fmt: skip
        WorkEvent.objects.create(item=ticket, at=opened, kind="opened", state_flag="open", data={"state": "open"})
        for hours, state, flag in STORY:
            kind = "resolved" if flag == "resolved" else "state_changed"
            WorkEvent.objects.create(
                item=ticket, at=opened + timedelta(hours=hours), kind=kind, state_flag=flag, data={"to": state}
            )
        if undone:
            _solution(ticket, shop, "billing", ended - timedelta(hours=2), undone_at=ended - timedelta(hours=1))
        if cause:
            _solution(ticket, shop, cause, ended)
        return ticket

    return make


def _solution(ticket, shop, cause, at, **more):
    Resolution.objects.create(
        ticket=ticket, root_cause=cause, action="done", remedy="repaired", told_by=shop.agent,
        resolved_by=shop.agent, resolved_at=at, **more,
    )  # fmt: skip


def hours(span):
    return span.total_seconds() / 3600


def test_time_is_split_into_ours_the_customers_and_the_manufacturers(shop, solve, november):
    solve()
    solve(owner=shop.agent2)
    report = stage_report(shop.owner, november, ALL, "person")
    assert [(line.label, line.tickets) for line in report.lines] == [("Mitu", 1), ("Rafi", 1)]
    for line in [*report.lines, report.total]:
        assert [hours(line.mean(code)) for code in ("ours", "customer", "manufacturer")] == [3, 2, 20]
        assert [round(line.share(code), 1) for code in ("ours", "customer", "manufacturer")] == [12.0, 8.0, 80.0]
        # Eight to ten the next day lies only half in opening hours.
        assert hours(line.mean_working) == 2
    assert report.total.tickets == 2


@pytest.mark.parametrize("by", ["category", "branch", "team", "person", "month"])
def test_lines_of_every_breakdown_add_up(shop, solve, november, fridge, by):
    for _number in range(3):
        solve(category=fridge)
    solve(category=None)
    report = stage_report(shop.owner, november, ALL, by)
    assert sum(line.tickets for line in report.lines) == report.total.tickets == 4
    assert sum((line.whole for line in report.lines), timedelta(0)) == report.total.whole == timedelta(hours=100)
    assert all(line.label for line in report.lines)


@pytest.fixture
def ten(solve, fridge):
    """Ten solved tickets: seven, two and one."""
    causes = ["delivery"] * 7 + ["billing"] * 2 + ["misuse"]
    return [solve(cause, category=fridge if number < 5 else None) for number, cause in enumerate(causes)]


def test_pareto_puts_the_vital_few_first(shop, ten, november):
    found = pareto(shop.owner, november, ALL)
    assert [(line.label, line.tickets, line.share, line.cumulative, line.is_vital) for line in found.lines] == [
        ("Delivery", 7, 70.0, 70.0, True),
        ("Bill or instalment mistake", 2, 20.0, 90.0, True),
        ("Wrong use", 1, 10.0, 100.0, False),
    ]
    assert found.tickets == 10


def test_pareto_by_time_weighs_our_working_time(shop, ten, november):
    found = pareto(shop.owner, november, ALL, by="time")
    assert [(line.key, line.minutes) for line in found.lines] == [("delivery", 840), ("billing", 240), ("misuse", 120)]


def test_only_the_solution_that_stands_counts_and_a_missing_one_is_said(shop, solve, november):
    solve("delivery", undone=True)
    solve("")
    assert [(line.label, line.tickets) for line in pareto(shop.owner, november, ALL).lines] == [
        ("Delivery", 1),
        ("No cause named", 1),
    ]


@pytest.mark.parametrize("of", ["cause", "category", "branch"])
def test_pareto_costs_the_same_however_many_tickets(shop, ten, solve, november, of, django_assert_max_num_queries):
    for _round in (1, 2):
        with django_assert_max_num_queries(2):
            pareto(shop.owner, november, ALL, of=of)
        for _number in range(5):
            solve()


LINK = re.compile(r'<a href="(/reports/solved/[^"]*)" aria-label="[^"]*">([\d,]+)</a>')


@pytest.mark.parametrize(
    "address",
    ["/reports/causes/", "/reports/causes/?of=category", "/reports/causes/?of=branch&by=time", "/reports/stages/",
     "/reports/stages/?by=month", "/reports/stages/?by=person", "/reports/stages/?by=team"],
)  # fmt: skip
def test_every_number_is_the_number_of_tickets_it_opens(shop, ten, november, client_as, address):
    client = client_as(shop.owner)
    page = client.get(address).content.decode()
    found = LINK.findall(page)
    assert found
    for link, shown in found:
        rows = client.get(link.replace("&amp;", "&")).context["page"]
        assert rows.total == len(rows.rows) == int(shown)
    assert "style=" not in page.partition("<main")[2].partition("</main>")[0]


def test_bars_of_the_chart_open_their_tickets(shop, ten, november, client_as):
    page = client_as(shop.owner).get(reverse("analytics:causes")).content.decode()
    svg = page.partition("<svg height")[2].partition("</svg>")[0]
    assert svg.count('<a href="/reports/solved/?cause=') == 6  # each bar, and its name
    assert [float(width) for width in re.findall(r'class="bar[^"]*" x="0" y="\d+" width="([\d.]+)%"', svg)] == [
        70.0, 20.0, 10.0,
    ]  # fmt: skip
    assert re.findall(r'<circle class="dot" cx="([\d.]+)%"', svg) == ["70.00", "90.00", "100.00"]
    assert 'class="limit" x1="80.00%"' in svg


def test_bengali_page_has_no_latin_digit_in_its_numbers(shop, ten, november, client_as):
    page = client_as(shop.owner, language="bn").get(reverse("analytics:causes")).content.decode()
    assert "৭০%" in page
    assert "৯০.০%" in page


def test_files_and_pages_are_for_those_who_see_reports(shop, ten, november, client_as, client):
    names = ("stages", "stages_csv", "causes", "causes_csv", "solved_rows")
    for name in names:
        assert client_as(shop.agent).get(reverse(f"analytics:{name}")).status_code == 403
        assert client.get(reverse(f"analytics:{name}")).status_code == 302
        assert client_as(shop.owner).get(reverse(f"analytics:{name}")).status_code == 200
    text = client_as(shop.owner).get(reverse("analytics:causes_csv")).content.decode("utf-8-sig")
    assert text.splitlines()[1] == "Delivery,7,,70.0,70.0"


def test_category_of_another_shop_narrows_to_nothing(shop, ten, november):
    other = Category.objects.create(code="nothing", name_en="Nothing", name_bn="কিছু না")
    assert pareto(shop.owner, november, SolvedFilters(category=str(other.pk))).tickets == 0
