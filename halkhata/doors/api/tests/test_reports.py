"""GET /reports/sla: the same numbers as the page, inside the key's reach."""

import pytest

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.work.models import SlaClock
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.oversight.analytics.periods import ready_period
from halkhata.oversight.analytics.selectors.promise_filters import PromiseFilters
from halkhata.oversight.analytics.selectors.promise_report import promise_report


@pytest.fixture
def tickets(shop):
    return [
        open_ticket(
            actor=shop.owner, subject=f"Case {number}", description="", customer=None, channel="phone",
            branch=shop.branch, team=shop.team, owner=shop.agent, acknowledge=False,
        )
        for number in range(3)
    ]  # fmt: skip


def test_numbers_are_those_of_the_page(shop, key, tickets):
    api = key(shop.lead, ["report.view"])
    answer = api.get("/reports/sla?by=person")
    assert answer.status_code == 200
    body = answer.json()
    report = promise_report(shop.lead, ready_period("this-month"), PromiseFilters(), "person")
    assert body["total"]["all"] == report.total.all.as_dict()
    assert body["total"]["all"]["total"] == SlaClock.objects.count() == 6
    assert [(line["key"], line["name"], line["all"]["running"]) for line in body["lines"]] == [
        (str(shop.agent.pk), "Rafi", 6)
    ]
    assert body["from"].endswith("-01")
    assert body["delay_reasons"] == []


def test_key_sees_only_the_reach_of_its_user(shop, key, tickets):
    far = create_branch(actor=None, name_en="Far")
    team = Team.objects.create(code="far", name_en="Far", branch=far)
    open_ticket(
        actor=shop.owner, subject="Far", description="", customer=None, channel="phone", branch=far, team=team,
        owner=shop.owner, acknowledge=False,
    )  # fmt: skip
    assert key(shop.lead, ["report.view"]).get("/reports/sla").json()["total"]["all"]["total"] == 6
    assert key(shop.owner, ["report.view"]).get("/reports/sla").json()["total"]["all"]["total"] == 8
    body = key(shop.owner, ["report.view"]).get(f"/reports/sla?team_id={team.pk}").json()
    assert body["total"]["all"]["total"] == 2


@pytest.mark.parametrize(
    "query", ["from=2026-11-22&to=2026-11-01", "from=2026-02-31&to=2026-03-01", "from=2026-11-01", "by=colour"]
)
def test_days_that_cannot_be_are_refused(shop, key, is_problem, query):
    is_problem(key(shop.lead, ["report.view"]).get(f"/reports/sla?{query}"), 422, "invalid_input")


def test_without_the_right_it_is_refused(shop, key, is_problem):
    is_problem(key(shop.lead, ["ticket.view"]).get("/reports/sla"), 403, "scope_missing")
