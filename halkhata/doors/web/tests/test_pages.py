"""Home, numbers, search, settings, audit, health, demo: what the staff shell shows."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from halkhata.desks.feedback.models import Survey, SurveyInvitation, SurveyResponse
from halkhata.doors.web.selectors.numbers import ROW_NUMBERS, satisfaction, work_numbers
from halkhata.engines.work.models import SlaClock, WorkItem
from halkhata.engines.work.selectors.filters import QueueFilters
from halkhata.engines.work.selectors.queue import queue_page
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.accounts.services.staff import update_staff
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Installation, Job
from halkhata.foundation.core.registry import DemoData, demo_data


def make_item(shop, number, *, due=None, **values):
    at = now()
    fields = {
        "kind": "follow_up",
        "subject": number,
        "branch": shop.branch,
        "team": shop.team,
        "owner": shop.agent,
        "channel": "internal",
        "opened_at": at,
        "last_activity_at": at,
        "last_update_at": at,
        "next_due_at": due,
    }
    return WorkItem.objects.create(number=number, **{**fields, **values})


@pytest.fixture
def work(shop):
    at = now()
    late = make_item(shop, "F-1", due=at - timedelta(hours=2))
    make_item(shop, "F-2", due=at + timedelta(days=3))
    make_item(shop, "F-3", team=None)
    done = make_item(shop, "F-4", state_flag="resolved", resolved_at=at, due=None)
    elsewhere = create_branch(actor=None, name_en="Elsewhere")
    make_item(shop, "F-5", owner=shop.owner, branch=elsewhere, team=None, due=at - timedelta(hours=1))
    for item, days in ((late, 1), (done, 20)):
        SlaClock.objects.create(
            item=item,
            metric="first",
            target_minutes=60,
            state="breached",
            started_at=at - timedelta(days=30),
            due_at=at - timedelta(days=25),
            stopped_at=at - timedelta(days=days),
            breached_at=at - timedelta(days=25),
        )
    return SimpleNamespace(at=at)


def test_numbers_are_those_of_their_rows_and_of_the_own_reach(shop, work):
    values = {str(tile["url"]): tile["value"] for tile in work_numbers(shop.lead, work.at)}
    assert values == {
        "/work/queue/": 3,
        "/work/queue/?due=late": 1,
        "/work/queue/?due=today": 0,
        "/numbers/no-team/": 1,
        "/numbers/answered-late/": 1,
    }
    assert {tile["value"] for tile in work_numbers(shop.owner, work.at) if "no-team" in tile["url"]} == {2}
    late = queue_page(shop.agent, QueueFilters(due="late"), at=work.at)
    assert [item.number for item in late.items] == ["F-1"]


def test_without_the_right_to_reports_the_numbers_are_ones_own(shop, work, client_as):
    make_item(shop, "F-6", owner=shop.agent2, due=work.at - timedelta(hours=1))
    values = {str(tile["url"]): tile["value"] for tile in work_numbers(shop.agent, work.at)}
    assert values == {
        "/work/queue/?owner=me": 3, "/work/queue/?owner=me&due=late": 1, "/work/queue/?owner=me&due=today": 0,
    }  # fmt: skip
    for url, count in values.items():
        filters = QueueFilters.read(QueryDict(url.partition("?")[2]))
        assert len(queue_page(shop.agent, filters, at=work.at).items) == count, url
    assert client_as(shop.agent).get("/numbers/no-team/").status_code == 403
    assert "Your own unfinished work" in client_as(shop.agent).get("/").content.decode()


@pytest.mark.parametrize(("code", "numbers"), [("no-team", ["F-3"]), ("answered-late", ["F-1"])])
def test_number_page_shows_exactly_its_rows(shop, work, client_as, code, numbers):
    page = client_as(shop.lead).get(f"/numbers/{code}/")
    assert [row.item.number for row in page.context["rows"]] == numbers
    assert page.context["total"] == len(numbers)
    assert set(ROW_NUMBERS) == {"no-team", "answered-late"}
    assert client_as(shop.lead).get("/numbers/nothing/").status_code == 404


def test_satisfaction_is_the_mean_of_the_visible_answers_of_thirty_days(shop, work, client_as):
    survey, _made = Survey.objects.get_or_create(code="csat", defaults={"question_bn": "কেমন?", "question_en": "How?"})
    for index, (number, score, days) in enumerate([("F-1", 5, 1), ("F-2", 2, 5), ("F-3", 1, 40), ("F-5", 1, 1)]):
        invitation = SurveyInvitation.objects.create(
            survey=survey,
            item=WorkItem.objects.get(number=number),
            agent=shop.agent,
            token_hash=str(index),
            cause=str(index),
            language="bn",
            created_at=work.at - timedelta(days=41),
            expires_at=work.at,
        )
        SurveyResponse.objects.create(invitation=invitation, score=score, answered_at=work.at - timedelta(days=days))
    assert satisfaction(shop.lead, work.at) == {"mean": 3.5, "n": 2}
    assert satisfaction(shop.owner, work.at) == {"mean": pytest.approx(8 / 3), "n": 3}
    page = client_as(shop.lead).get("/numbers/satisfaction/")
    assert [answer.score for answer in page.context["answers"]] == [2, 5]
    assert "3.5" in client_as(shop.lead).get("/").content.decode()
    assert client_as(shop.agent).get("/numbers/satisfaction/").status_code == 403


@pytest.mark.parametrize("language", ["bn", "en"])
def test_home_shows_todays_list_and_opens_for_every_role(shop, work, client_as, language):
    for user in (shop.agent, shop.lead, shop.manager, shop.owner):
        assert client_as(user, language).get("/").status_code == 200
    body = client_as(shop.agent, language).get("/").content.decode()
    assert "F-1" in body or "ফ-১" in body


def test_home_needs_few_queries_whatever_the_rows(shop, work, client_as, django_assert_max_num_queries):
    for number in range(60):
        make_item(shop, f"F-9{number}", due=work.at + timedelta(minutes=number))
    client = client_as(shop.agent)
    client.get("/")
    with django_assert_max_num_queries(20):
        client.get("/")


def test_home_without_work_rights_still_opens(shop, client_as):
    shop.agent.role.permissions = ["customer.view"]
    shop.agent.role.save()
    page = client_as(shop.agent).get("/")
    assert page.status_code == 200
    assert "numbers" not in page.context


PAGES = [
    "/",
    "/search/",
    "/settings/",
    "/settings/audit/",
    "/styleguide/",
    "/numbers/no-team/",
    "/me/",
    "/notifications/",
]


@pytest.mark.parametrize("path", PAGES)
def test_staff_pages_lead_strangers_to_sign_in(shop, path):
    assert Client().get(path)["Location"].startswith("/sign-in/?next=")


def test_settings_index_shows_what_the_role_may_open(shop, client_as):
    def urls(user):
        return {row["url"] for row in client_as(user).get("/settings/").context["rows"]}

    assert {"/settings/users/", "/settings/roles/", "/settings/audit/", "/settings/tokens/"} <= urls(shop.owner)
    assert urls(shop.agent) == {"/settings/tokens/", "/tickets/canned/", "/c/poster/"}


def test_every_settings_page_of_the_index_opens(shop, client_as):
    client = client_as(shop.owner)
    for row in client.get("/settings/").context["rows"]:
        assert client.get(row["url"], follow=True).status_code == 200, row["url"]


def test_audit_is_read_by_who_may_filtered_and_paged(shop, client_as):
    for number in range(60):
        update_staff(actor=shop.owner, user=shop.agent, name_en=f"Name {number}")
    assert client_as(shop.agent).get("/settings/audit/").status_code == 403
    client = client_as(shop.owner)
    first = client.get("/settings/audit/?action=staff.change")
    assert len(first.context["rows"]) == 50
    second = client.get("/settings/audit/" + first.context["older_url"])
    assert len(second.context["rows"]) == 10
    ids = [row["entry"].pk for page in (first, second) for row in page.context["rows"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 60
    assert client.get("/settings/audit/?who=system&action=staff.change").context["rows"] == []
    assert client.get("/settings/audit/?on=1999-01-01").context["rows"] == []
    for odd in ("?on=rubbish", "?who=abc", "?before=x", "?before=99999999999999999999", "?action=%00"):
        assert client.get("/settings/audit/" + odd).status_code == 200
    changed = first.context["rows"][0]["changes"]
    assert changed == [{"field": "name_en", "old": "Name 58", "new": "Name 59"}]


def test_branch_manager_reads_only_the_acts_of_the_own_people(shop, client_as):
    shop.manager.role.permissions = [*shop.manager.role.permissions, "audit.view"]
    shop.manager.role.save()
    head = create_branch(actor=None, name_en="Head")
    shop.owner.branch = head
    shop.owner.save()
    update_staff(actor=shop.owner, user=shop.agent, name_en="New name")
    assert AuditEntry.objects.filter(action="staff.change").count() == 1
    assert client_as(shop.manager).get("/settings/audit/?action=staff.change").context["rows"] == []


def test_health_answers_without_sign_in_and_before_set_up(db):
    response = Client().get("/health/")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok"})


def test_search_finds_goes_to_the_only_hit_and_offers_a_new_customer(shop, client_as):
    from halkhata.records.customers.services.customers import create_customer

    customer = create_customer(actor=shop.agent, name_en="Invented Person", phones=["01100777888"])
    client = client_as(shop.agent)
    assert client.get("/search/?q=01100777888")["Location"] == f"/customers/{customer.pk}/"
    assert "Invented Person" in client.get("/search/?q=Invented&stay=1").content.decode()
    nothing = client.get("/search/?q=01100999999")
    assert "/customers/new/" in nothing.content.decode()
    assert client.get("/search/").status_code == 200


def test_fresh_shop_sees_its_first_week_and_can_put_it_away(shop, client_as):
    client = client_as(shop.owner)
    assert [step["done"] for step in client.get("/").context["steps"]][0] is False
    client.post("/first-steps/dismiss/")
    assert "steps" not in client.get("/").context
    assert "steps" not in client_as(shop.agent).get("/").context


@pytest.fixture
def demo():
    entry = demo_data._entries.pop("demo", None)
    calls: list[str] = []
    demo_data.register("demo", DemoData(load=lambda: calls.append("load"), clear=lambda: calls.append("clear")))
    yield calls
    del demo_data._entries["demo"]
    if entry is not None:
        demo_data.register("demo", entry)


def test_demo_is_loaded_and_cleared_by_a_job_and_by_the_owner_only(shop, client_as, demo):
    from halkhata.foundation.core.jobs.worker import run_until_quiet

    owner, agent = client_as(shop.owner), client_as(shop.agent)
    assert agent.post("/demo/clear/").status_code == 403
    assert agent.get("/start/").status_code == 403
    assert Job.objects.count() == 0
    owner.post("/start/", {"data": "demo"})
    owner.post("/start/", {"data": "demo"})
    assert Job.objects.count() == 1
    assert owner.get("/").context["demo_work"] == "load"
    run_until_quiet()
    assert demo == ["load"]
    Installation.objects.update(demo_loaded_at=now())
    assert owner.get("/").context["may_clear_demo"] is True
    assert owner.get("/demo/clear/").status_code == 405
    owner.post("/demo/clear/")
    run_until_quiet()
    assert demo == ["load", "clear"]


def test_home_of_who_gives_out_work_begins_with_the_late_work_of_others(shop, work, client_as):
    make_item(shop, "F-7", due=work.at + timedelta(hours=1))
    page = client_as(shop.lead).get("/")
    assert [row.item.number for row in page.context["pressing"]] == ["F-1", "F-7"]
    assert "Most pressing" in page.content.decode()
    owner = client_as(shop.owner).get("/")
    assert [row.item.number for row in owner.context["pressing"]] == ["F-1", "F-5", "F-7"]
    assert "pressing" not in client_as(shop.agent).get("/").context


@pytest.mark.sqlite_only
@pytest.mark.parametrize("who", ["owner", "lead", "manager"])
def test_open_numbers_are_counted_from_one_index_alone(shop, work, who):
    with CaptureQueriesContext(connection) as seen:
        work_numbers(getattr(shop, who), work.at)
    counting = [one["sql"] for one in seen if "no_team" in one["sql"]]
    assert len(counting) == 1
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + counting[0])
        plan = [row[3] for row in cursor.fetchall()]
    assert plan[0] == "SCAN work_workitem USING COVERING INDEX work_item_due"
    assert not [line for line in plan[1:] if "accounts_branch" not in line]
    assert len(seen) <= 3


@pytest.mark.parametrize(("path", "home"), [("/c/nothing/here/", "/c/"), ("/nothing/here/", "/")])
def test_page_that_is_not_there_leads_back_to_the_door_one_came_by(shop, client, path, home):
    """A customer is not sent to the sign-in of the staff."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert f'<a class="btn btn-primary" href="{home}">' in answer.content.decode()
