"""The report of promises: every number is the number of rows behind it (A51.9)."""

import csv
import io
import re
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from halkhata.engines.work.models import DelayNote, SlaClock
from halkhata.foundation.accounts.models import Branch, Team
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.table_cells import safe_cell
from halkhata.oversight.analytics.exporting import csv_text
from halkhata.oversight.analytics.periods import own_period, parse_day, read_period, ready_period
from halkhata.oversight.analytics.selectors.delay_reasons import reason_counts
from halkhata.oversight.analytics.selectors.promise_filters import BREAKDOWNS, PromiseFilters, counted_clocks
from halkhata.oversight.analytics.selectors.promise_report import promise_report
from halkhata.oversight.analytics.tests.conftest import DHAKA, NOW, make_clock
from tests.support.fixtures_shop import LEAD_PERMISSIONS, make_role, make_user

ALL = PromiseFilters()


@pytest.fixture
def cases(shop, make_ticket, fridge, today):
    """Nine promises of this month and one of the month before."""
    return [
        make_ticket(first="met", resolution="met", next=["met", "breached"], category=fridge),
        make_ticket(first="breached", resolution="running", owner=shop.agent2, channel="email"),
        make_ticket(first="met", resolution="paused", team=None),
        make_ticket(first="cancelled", resolution="breached"),
        make_ticket(first="met", at=NOW - timedelta(days=40)),
    ]


def numbers(tally):
    return tally.met, tally.breached, tally.running, tally.paused


def test_counts_are_exact_and_lines_add_up_to_the_total(shop, cases):
    report = promise_report(shop.owner, ready_period("this-month"), ALL, "team")
    assert numbers(report.total.all) == (4, 3, 1, 1)
    assert numbers(report.total.metrics["first"]) == (2, 1, 0, 0)
    assert numbers(report.total.metrics["next"]) == (1, 1, 0, 0)
    assert numbers(report.total.metrics["resolution"]) == (1, 1, 1, 1)
    assert round(report.total.all.kept_share, 2) == 57.14
    assert [(line.label, numbers(line.all)) for line in report.lines] == [
        ("Complaints", (3, 3, 1, 0)),
        ("Without a team", (1, 0, 0, 1)),
    ]


@pytest.mark.parametrize("by", [code for code, _label in BREAKDOWNS])
def test_every_breakdown_adds_up_and_costs_two_statements(shop, cases, make_ticket, by, django_assert_max_num_queries):
    period = own_period(date(2026, 10, 1), date(2026, 11, 22))
    for round_of in (1, 12):
        for _again in range(round_of):
            make_ticket(first="met")
        with django_assert_max_num_queries(2):
            report = promise_report(shop.owner, period, ALL, by)
        whole = counted_clocks(shop.owner, period, ALL).count()
        assert sum(line.all.total for line in report.lines) == report.total.all.total == whole
        assert all(line.label for line in report.lines)


def test_months_are_those_of_the_shops_zone(shop, make_ticket, today):
    # Half past midnight of the first of November in Dhaka is still October in UTC.
    make_ticket(first="met", at=datetime(2026, 11, 1, 0, 30, tzinfo=DHAKA))
    make_ticket(first="met", at=datetime(2026, 10, 31, 23, 30, tzinfo=DHAKA))
    report = promise_report(None, own_period(date(2026, 10, 1), date(2026, 11, 22)), ALL, "month")
    assert [(line.label, line.all.met) for line in report.lines] == [("October 2026", 1), ("November 2026", 1)]
    assert promise_report(None, ready_period("this-month"), ALL, "team").total.all.met == 1
    assert promise_report(None, ready_period("last-month"), ALL, "team").total.all.met == 1


def test_reader_counts_only_the_own_scope(shop, make_ticket, today):
    other = Branch.objects.create(code="other", name_en="Other", path="/999/")
    team = Team.objects.create(code="other", name_en="Others", branch=other)
    stranger = make_user("stranger", branch=other, role=make_role("x", level=1, scope="branch", permissions=[]))
    make_ticket(first="breached")
    make_ticket(first="breached", branch=other, team=team, owner=stranger)
    period = ready_period("this-month")
    assert promise_report(shop.owner, period, ALL, "branch").total.all.breached == 2
    assert promise_report(shop.manager, period, ALL, "branch").total.all.breached == 1
    own = make_user(
        "own", branch=shop.branch, role=make_role("own", level=1, scope="own", permissions=LEAD_PERMISSIONS)
    )
    assert promise_report(own, period, ALL, "branch").total.all.total == 0


def test_what_was_handed_on_by_a_merge_is_not_counted(shop, make_ticket, today):
    ticket = make_ticket(first="met")
    make_clock(ticket, "resolution", "merged", 1, NOW, shop.policy)
    assert promise_report(shop.owner, ready_period("this-month"), ALL, "team").total.all.total == 1


LINK = re.compile(r'<a href="(/reports/promises/rows/[^"]*)"[^>]*>([\d,]+)</a>')


@pytest.mark.parametrize("by", [code for code, _label in BREAKDOWNS])
def test_every_number_on_the_page_is_the_number_of_rows_it_opens(shop, cases, client_as, by):
    client = client_as(shop.owner)
    page = client.get(reverse("analytics:promises"), {"by": by}).content.decode()
    links = LINK.findall(page)
    assert len(links) >= 12
    for address, shown in links:
        rows = client.get(address.replace("&amp;", "&"))
        assert rows.context["page"].total == len(rows.context["page"].rows) == int(shown), address


def test_rows_page_by_keyset_without_loss(shop, make_ticket, client_as):
    for _number in range(60):
        make_ticket(first="breached")
    client = client_as(shop.owner)
    seen = []
    # 1 to 22 November: the clocks of one instant need the second key.
    address = reverse("analytics:promises_rows") + "?from=2026-11-01&to=2026-11-22&state=breached"
    while address:
        page = client.get(address)
        seen += [row.clock.pk for row in page.context["page"].rows]
        older = page.context["older_url"]
        address = reverse("analytics:promises_rows") + older if older else ""
    assert len(seen) == len(set(seen)) == 60


def test_reasons_of_delay_open_their_rows(shop, cases, client_as):
    late = list(SlaClock.objects.filter(state="breached", started_at=NOW).order_by("pk"))
    for clock, reason in ((late[0], "other"), (late[0], "part_missing"), (late[1], "part_missing")):
        DelayNote.objects.create(item=clock.item, clock=clock, at=NOW, reason=reason, note="x")
    found = reason_counts(shop.owner, ready_period("this-month"), ALL)
    assert [(line["code"], line["count"], line["percent"]) for line in found] == [
        ("part_missing", 2, 66.7), ("none", 1, 33.3),
    ]  # fmt: skip
    client = client_as(shop.owner)
    for line in found:
        rows = client.get(reverse("analytics:promises_rows"), {"state": "breached", "reason": line["code"]})
        assert rows.context["page"].total == line["count"]


def test_page_costs_the_same_however_many_tickets(shop, cases, make_ticket, client_as, django_assert_max_num_queries):
    client = client_as(shop.owner)
    for _round in (1, 2):
        with django_assert_max_num_queries(16):
            assert client.get(reverse("analytics:promises"), {"by": "person"}).status_code == 200
        with django_assert_max_num_queries(12):
            assert client.get(reverse("analytics:promises_rows"), {"state": "met"}).status_code == 200
        for _number in range(30):
            make_ticket(first="met", owner=shop.agent2)


def test_file_holds_the_numbers_and_is_written_down(shop, cases, client_as):
    answer = client_as(shop.owner).get(reverse("analytics:promises_csv"), {"by": "team"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Team", "Promise", "Kept", "Broken", "Running", "Paused", "All", "Kept of those decided, %"]
    assert rows[-1] == ["Together", "All", "4", "3", "1", "1", "9", "57.1"]
    assert "attachment" in answer["Content-Disposition"]
    entry = AuditEntry.objects.get(action="report.export")
    assert entry.actor_id == shop.owner.pk
    assert entry.after["rows"] == len(rows) - 1


@pytest.mark.parametrize("text", ["=1+1", "+88", "-2", "@SUM(A1)", "\t=1", "  =1", "\r=1", "＝1"])
def test_no_cell_is_a_formula(text):
    assert safe_cell(text) == f"'{text}"
    assert next(csv.reader(io.StringIO(csv_text([[text]]).removeprefix("\ufeff"))))[0].startswith("'")


def test_plain_cells_stay_as_they_are():
    assert [safe_cell(value) for value in ("Rahim", -4, 2.5, None, "a=b")] == ["Rahim", -4, 2.5, "", "a=b"]


def test_report_is_for_those_who_may_see_reports(shop, client_as, client):
    for name in ("index", "promises", "promises_rows", "promises_csv"):
        assert client_as(shop.agent).get(reverse(f"analytics:{name}")).status_code == 403
        assert client.get(reverse(f"analytics:{name}")).status_code == 302
    assert AuditEntry.objects.filter(action="report.export").count() == 0


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("২২/১১/২০২৬", date(2026, 11, 22)), ("22-11-2026", date(2026, 11, 22)), ("2026-11-22", date(2026, 11, 22)),
        ("২০২৬-১১-২২", date(2026, 11, 22)), ("31/02/2026", None), ("yesterday", None), ("", None), ("1/1/0001", None),
    ],
)  # fmt: skip
def test_days_are_read_in_either_script(text, day):
    assert parse_day(text) == day


def test_own_days_that_cannot_be_are_said_and_this_month_is_shown(shop, today, client_as):
    for values, words in (
        ({"from": "22/11/2026", "to": "1/11/2026"}, "The last day lies before the first."),
        ({"from": "1/1/2001", "to": "1/11/2026"}, "Choose at most three years."),
        ({"period": "own"}, "Write both days, like 22/11/2026."),
    ):
        period, trouble = read_period(values)
        assert (period.code, str(trouble)) == ("this-month", words)
    with_words = client_as(shop.owner).get(reverse("analytics:promises"), {"from": "x", "to": "y"})
    assert "Write both days" in with_words.content.decode()


def test_bengali_page_has_bengali_digits_and_the_bangla_date(shop, cases, client_as):
    page = client_as(shop.owner, language="bn").get(reverse("analytics:promises")).content.decode()
    assert "৫৭.১%" in page
    assert "অগ্রহায়ণ" in page
