"""Customers who had to come back (US-60): exact numbers by week, and exactly the rows behind each."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from halkhata.engines.messaging.models import Conversation, Message
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.models import AuditEntry
from halkhata.oversight.analytics.periods import own_period, ready_period
from halkhata.oversight.analytics.selectors.repeat_report import contact_page, read_week, repeat_report, week_of
from halkhata.oversight.analytics.selectors.solved_tickets import SolvedFilters
from halkhata.oversight.analytics.tests.conftest import DHAKA
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db

ALL = SolvedFilters()
PAGE, FILE, ROWS = (reverse(f"analytics:repeats{end}") for end in ("", "_csv", "_rows"))


def day(number, hour=10):
    return datetime(2026, 11, number, hour, tzinfo=DHAKA)


@pytest.fixture
def people(shop):
    return [create_customer(actor=shop.owner, name_en=name, branch=shop.branch) for name in ("Asha", "Badal")]


@pytest.fixture
def said(make_ticket):
    """``said(customer, at)``: a contact of the customer's on a ticket of its own."""

    def make(customer, at, *, direction="in", automatic=False, **ticket):
        channel = ticket.get("channel", "phone")
        conversation = Conversation.objects.create(item=make_ticket(at=at, **ticket))
        return Message.objects.create(
            conversation=conversation, direction=direction, channel=channel, at=at, text="words", customer=customer,
            is_automatic=automatic,
        )  # fmt: skip

    return make


@pytest.fixture
def month(people, said, today):
    """Asha: 1, 3, 10 (a week to the hour) and 18 November; Badal: 3 and 21. The rest is no contact."""
    asha, badal = people
    found = {
        "first": said(asha, day(1)), "third": said(asha, day(3)), "tenth": said(asha, day(10)),
        "late": said(asha, day(18)), "b third": said(badal, day(3)), "b last": said(badal, day(21)),
    }  # fmt: skip
    said(asha, day(19), direction="out")
    said(badal, day(20), automatic=True)
    said(None, day(20))
    return found


def test_weeks_begin_on_sunday_and_hold_their_contacts(shop, month):
    report = repeat_report(shop.owner, ready_period("this-month"), ALL)
    assert [(week.begins.day, week.contacts, week.again) for week in report.weeks] == [
        (1, 3, 1), (8, 1, 1), (15, 2, 0), (22, 0, 0),
    ]  # fmt: skip
    assert (report.total.contacts, report.total.again) == (6, 2)
    assert [None if week.share is None else round(week.share) for week in report.weeks] == [33, 100, 0, None]


def test_seven_days_are_seven_times_24_hours(shop, people, said, today):
    said(people[0], day(3))
    said(people[0], day(10))
    said(people[1], day(3))
    said(people[1], day(10) + timedelta(seconds=1))
    assert repeat_report(shop.owner, ready_period("this-month"), ALL).total.again == 1


def test_contact_before_the_chosen_days_makes_the_first_one_a_repeated_one(shop, month):
    period = own_period(day(2).date(), day(3).date(), zone="Asia/Dhaka")
    total = repeat_report(shop.owner, period, ALL).total
    assert (total.contacts, total.again) == (2, 1)


def test_midnight_is_that_of_the_shop(shop, people, said, today):
    said(people[0], datetime(2026, 11, 14, 23, 59, tzinfo=DHAKA))
    said(people[1], datetime(2026, 11, 15, 0, 0, tzinfo=DHAKA))
    weeks = repeat_report(shop.owner, ready_period("this-month"), ALL).weeks
    assert [(week.begins.day, week.contacts) for week in weeks] == [(1, 0), (8, 1), (15, 1), (22, 0)]


def test_each_number_opens_exactly_its_rows(shop, month, client_as):
    client = client_as(shop.owner)
    period = ready_period("this-month")
    page = client.get(PAGE)
    for line in [*page.context["lines"], page.context["total"]]:
        for url, count in ((line["contacts_url"], line["week"].contacts), (line["again_url"], line["week"].again)):
            assert client.get(url).context["page"].total == count
            assert len(client.get(url).context["page"].rows) == count
    found = contact_page(shop.owner, period, ALL, week=week_of(day(1).date()), again_only=True)
    assert [row.pk for row in found.rows] == [month["third"].pk]
    text = client.get(page.context["lines"][0]["again_url"]).content.decode()
    assert "Asha" in text
    assert "Badal" not in text


def test_reader_counts_only_what_the_reader_may_see(shop, month, people, said):
    elsewhere = Branch.objects.create(code="else", name_en="Elsewhere")
    Branch.objects.filter(pk=elsewhere.pk).update(path=f"/{elsewhere.pk}/")
    stranger = User.objects.create_user("far", "nine plain words", role=shop.agent.role, branch=elsewhere, name_en="F")
    said(people[1], day(22), branch=elsewhere, team=None, owner=stranger)
    assert repeat_report(shop.owner, ready_period("this-month"), ALL).total.contacts == 7
    assert repeat_report(shop.manager, ready_period("this-month"), ALL).total.contacts == 6


def test_filters_narrow_page_file_and_rows_alike(shop, people, said, today, client_as):
    said(people[0], day(3), channel="email")
    said(people[0], day(4))
    client = client_as(shop.owner)
    page = client.get(PAGE, {"channel": "phone"})
    assert (page.context["total"]["week"].contacts, page.context["total"]["week"].again) == (1, 1)
    assert client.get(page.context["total"]["contacts_url"]).context["page"].total == 1
    assert client.get(PAGE, {"branch": "999999"}).context["total"]["week"].contacts == 0


def test_file_has_the_same_numbers_and_is_written_down(shop, month, client_as):
    lines = client_as(shop.owner).get(FILE).content.decode("utf-8-sig").splitlines()
    assert lines[1] == "2026-11-01,3,1,33.3"
    assert lines[-1] == "Together,6,2,33.3"
    assert AuditEntry.objects.filter(action="report.export").count() == 1


def test_bengali_page_has_its_own_digits(shop, month, client_as):
    text = client_as(shop.owner, language="bn").get(PAGE).content.decode()
    assert "৩৩%" in text


def test_report_is_for_those_who_see_reports(shop, month, client_as):
    role = shop.agent.role
    assert "report.view" not in role.permissions
    client = client_as(shop.agent)
    assert [client.get(url).status_code for url in (PAGE, FILE, ROWS)] == [403] * 3
    assert reverse("analytics:repeats") in client_as(shop.owner).get(reverse("analytics:index")).content.decode()


@pytest.mark.parametrize("text", ["", "2026-11-23", "soon", "9999-12-31", "2026-13-01"])
def test_week_that_is_none_is_the_whole_period(text):
    assert read_week(text) is None


def test_pages_stay_within_their_statements(shop, month, people, said, client_as, django_assert_max_num_queries):
    for number in range(60):
        said(people[number % 2], day(20) + timedelta(minutes=number))
    client = client_as(shop.owner)
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
    with django_assert_max_num_queries(12):
        first = client.get(ROWS)
    second = client.get(ROWS + first.context["older_url"])
    seen = [row.pk for page in (first, second) for row in page.context["page"].rows]
    assert len(seen) == len(set(seen)) == first.context["page"].total == 66
