"""Skills, shifts and ceilings as people set them, and training that gates what they are given."""

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from halkhata.engines.work.models import (
    Course,
    CourseAttempt,
    Notification,
    PersonSkill,
    Shift,
    Skill,
    SkillNeed,
    WorkItem,
    WorkProfile,
)
from halkhata.engines.work.registry import notification_sentences
from halkhata.engines.work.selectors.given import why_given
from halkhata.engines.work.selectors.people import standings
from halkhata.engines.work.selectors.staffing import staffing
from halkhata.engines.work.services.people import change_people, save_person, save_skill
from halkhata.engines.work.services.training import last_day, record_attempt, save_course, warn_of_expiry
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused

from .test_costs import statements

pytestmark = pytest.mark.django_db
NO_WEEK = ((),) * 7
TODAY = date(2026, 11, 22)


@pytest.fixture
def inverter(shop):
    skill = save_skill(actor=shop.owner, skill=None, name_en="inverters", name_bn="ইনভার্টার", teams=[shop.team])
    for person in (shop.agent, shop.agent2):
        PersonSkill.objects.create(user=person, skill=skill)
    return skill


@pytest.fixture
def course(shop, inverter, frozen):
    return save_course(actor=shop.owner, course=None, name_en="Inverter safety", skills=[inverter], pass_mark=60)


def attempt(shop, course, user, score=80, on=TODAY, **values):
    return record_attempt(actor=shop.lead, course=course, user=user, taken_on=on, score=score, **values)


def test_person_is_set_audited_and_kept_to(shop, inverter, make_item, frozen):
    save_person(
        actor=shop.owner, user=shop.agent, skills=[inverter], languages=["bn"], ceiling=3,
        week=(*NO_WEEK[:6], ((540, 660),)),
    )  # fmt: skip
    entry = AuditEntry.objects.filter(action="work.person").latest("pk")
    assert entry.after["shifts"] == ["6 540-660"]
    known = staffing()
    assert (known.ceilings, known.languages) == ({shop.agent.pk: 3}, {shop.agent.pk: frozenset({"bn"})})
    for ceiling in (0, 1000):
        with pytest.raises(DomainError, match="bad_ceiling"):
            save_person(actor=shop.owner, user=shop.agent, skills=[], languages=[], ceiling=ceiling, week=NO_WEEK)
    with pytest.raises(DomainError, match="hours_overlap"):
        save_person(
            actor=shop.owner, user=shop.agent, skills=[], languages=[], ceiling=None,
            week=(((540, 660), (600, 700)), *NO_WEEK[1:]),
        )  # fmt: skip
    assert Shift.objects.count() == 1


def test_bulk_changes_all_or_none_and_only_what_is_named(shop, inverter):
    fridge = save_skill(actor=shop.owner, skill=None, name_en="fridges")
    assert fridge.code == "fridges"
    people = [shop.agent, shop.agent2]
    assert change_people(actor=shop.owner, users=people, add=[fridge], remove=[inverter], ceiling=7) == 2
    assert set(PersonSkill.objects.values_list("user__username", "skill__code")) == {
        ("rafi", "fridges"), ("mitu", "fridges"),
    }  # fmt: skip
    change_people(actor=shop.owner, users=people, languages=["bn"])
    assert set(WorkProfile.objects.values_list("ceiling", flat=True)) == {7}
    before = list(PersonSkill.objects.values())
    with pytest.raises(PermissionRefused):
        change_people(actor=shop.agent, users=people, remove=[fridge])
    assert list(PersonSkill.objects.values()) == before


def test_database_refuses_a_need_of_both_or_of_nothing_and_a_ceiling_of_nothing(shop, inverter):
    for values in ({"team": shop.team, "category": "fridge"}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SkillNeed.objects.create(skill=inverter, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkProfile.objects.create(user=shop.agent, ceiling=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(user=shop.agent, weekday=7, starts_minute=0, ends_minute=10)


def test_opening_costs_at_most_two_statements_more_with_everything_set(shop, inverter, course, make_item, frozen):
    attempt(shop, course, shop.agent)
    for user in (shop.agent, shop.agent2):
        WorkProfile.objects.create(user=user, ceiling=50)
        Shift.objects.create(user=user, weekday=6, starts_minute=0, ends_minute=1440)
    make_item()
    with CaptureQueriesContext(connection) as captured:
        make_item("Again")
    # Without any of this it was 15 at the most (test_costs.py).
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) <= 17


def test_without_a_valid_course_nobody_is_given_the_work_by_itself(shop, course, make_item, frozen):
    item = make_item()
    assert item.owner == shop.lead
    assert why_given(item.given_why) == (
        "Given to the lead: whoever on shift knows inverters has no valid course for it."
    )
    attempt(shop, course, shop.agent, score=59)
    assert make_item().owner == shop.lead
    attempt(shop, course, shop.agent, score=60)
    assert make_item().owner == shop.agent


def test_every_table_that_staffing_reads_draws_a_new_stamp(db):
    # SQLite rebuilds a table to change it, and a rebuilt table has lost its triggers.
    tables = {
        model._meta.db_table
        for model in (Skill, SkillNeed, PersonSkill, WorkProfile, Shift, Course, Course.skills.through, CourseAttempt)
    }
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_stamp_%'")
            expected = 3
        else:
            cursor.execute(
                "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE '%_stamp'"
            )
            expected = 1
        found = [row[0] for row in cursor.fetchall()]
    assert {table: found.count(table) for table in tables} == dict.fromkeys(tables, expected)


def test_pass_counts_to_the_evening_of_its_last_day(shop, course, make_item, frozen):
    row = attempt(shop, course, shop.agent, on=date(2025, 11, 23))
    assert row.valid_until == TODAY
    assert make_item().owner == shop.agent
    frozen.shift(timedelta(hours=13, minutes=59))  # 23:59 in Dhaka
    assert make_item().owner == shop.agent
    frozen.shift(timedelta(minutes=1))
    assert make_item().owner == shop.lead


@pytest.mark.parametrize(
    ("taken", "months", "last"),
    [
        (date(2026, 1, 15), 12, date(2027, 1, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 11, 22), None, None),
    ],
)
def test_last_day_of_a_pass(taken, months, last):
    assert last_day(taken, months) == last


def test_attempts_are_never_rewritten_and_a_correction_counts_instead(shop, course, make_item, frozen):
    row = attempt(shop, course, shop.agent, score=90)
    with pytest.raises(DatabaseError), transaction.atomic():
        CourseAttempt.objects.filter(pk=row.pk).update(score=10)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    attempt(shop, course, shop.agent, score=9, corrects=row)
    assert make_item().owner == shop.lead
    with pytest.raises(Conflict, match="corrected_already"):
        attempt(shop, course, shop.agent, score=70, corrects=row)
    assert standings([shop.agent], now())[shop.agent.pk][0].state == "failed"


def test_nobody_marks_their_own_training_or_a_day_to_come(shop, course, frozen):
    with pytest.raises(DomainError, match="own_training"):
        record_attempt(actor=shop.lead, course=course, user=shop.lead, taken_on=TODAY, score=99)
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseAttempt.objects.create(
            course=course, user=shop.lead, assessor=shop.lead, taken_on=TODAY, score=99, pass_mark=60, passed=True,
            created_at=now(),
        )  # fmt: skip
    with pytest.raises(DomainError, match="in_the_future"):
        attempt(shop, course, shop.agent, on=TODAY + timedelta(days=1))
    with pytest.raises(PermissionRefused):
        record_attempt(actor=shop.agent2, course=course, user=shop.agent, taken_on=TODAY, score=99)


def test_later_pass_mark_fails_nobody_who_passed(shop, course, make_item, frozen):
    attempt(shop, course, shop.agent, score=65)
    save_course(actor=shop.owner, course=course, name_en="Inverter safety", skills=course.skills.all(), pass_mark=90)
    assert make_item().owner == shop.agent


def test_person_and_lead_are_told_thirty_days_before_once_and_not_when_renewed(shop, course, frozen):
    attempt(shop, course, shop.agent, on=date(2025, 12, 24))  # until 23 December 2026: 31 days
    attempt(shop, course, shop.agent2, on=date(2025, 12, 1))
    attempt(shop, course, shop.agent2)  # renewed
    Notification.objects.all().delete()
    assert warn_of_expiry(now()) == 0
    frozen.shift(timedelta(days=1))
    assert [warn_of_expiry(now()) for _ in range(2)] == [1, 1]
    told = Notification.objects.filter(verb__startswith="training.ends").order_by("pk")
    assert [(row.user.username, row.verb) for row in told] == [
        ("rafi", "training.ends"), ("lead", "training.ends_of"),
    ]  # fmt: skip
    said = [str(notification_sentences.get(row.verb)(row.data)) for row in told]
    assert said == [
        "Your course “Inverter safety” counts until 23 December 2026 only. Please renew it.",
        "Rafi: the course “Inverter safety” counts until 23 December 2026 only.",
    ]


# ------------------------------------------------------------------------------------------------------------- pages
def test_pages_of_skills_people_and_training_do_what_they_say(shop, client_as, frozen):
    client = client_as(shop.owner)
    assert client.post("/work/settings/skills/new/", {"name_en": "", "name_bn": ""}).status_code == 422
    answer = client.post(
        "/work/settings/skills/new/", {"name_en": "fridges", "teams": [shop.team.pk], "is_active": "on"}
    )
    assert answer.status_code == 302
    skill = Skill.objects.get()
    page = client.get("/work/settings/skills/").content.decode()
    assert "fridges" in page
    assert "Nobody yet" in page
    client.post("/work/settings/people/", {"person": [shop.agent.pk], "add": [skill.pk], "ceiling": "৫"})
    assert list(PersonSkill.objects.values_list("user__username", flat=True)) == ["rafi"]
    assert "0 of 5" in client.get("/work/settings/people/").content.decode()
    assert client.post("/work/settings/people/", {"ceiling": "3"}).status_code == 422
    client.post(
        f"/work/settings/people/{shop.agent.pk}/",
        {"skills": [skill.pk], "languages": ["bn"], "ceiling": "4", "day_6": "09:00-13:00"},
    )
    assert "09:00–13:00" in client.get("/work/settings/people/").content.decode()
    assert client.get(f"/work/settings/skills/{skill.pk}/").status_code == 200
    assert client.get(f"/work/settings/people/{shop.agent.pk}/").status_code == 200
    client.post(
        "/work/settings/courses/new/",
        {"name_en": "Cooling", "skills": [skill.pk], "pass_mark": "60", "months_valid": "", "is_active": "on"},
    )
    course = Course.objects.get()
    assert course.months_valid is None
    assert "for good" in client.get("/work/settings/courses/").content.decode()
    lead = client_as(shop.lead)
    assert "not taken" in lead.get("/work/training/").content.decode()
    lead.post(f"/work/training/{shop.agent.pk}/", {"course": course.pk, "taken_on": "2026-11-20", "score": "৭৫"})
    assert CourseAttempt.objects.get().score == 75
    mine = client_as(shop.agent).get("/work/training/mine/").content.decode()
    assert "Cooling" in mine
    assert "75 of 60" in mine
    assert client_as(shop.agent).get("/work/training/").status_code == 403
    assert client_as(shop.agent).get("/work/settings/people/").status_code == 403
    staff = client_as(shop.owner).get("/settings/users/").content.decode()
    assert "09:00–13:00" in staff
    assert "fridges" in staff
    assert "Training record" in client_as(shop.owner).get(f"/settings/users/{shop.agent.pk}/").content.decode()


def test_list_pages_cost_the_same_for_many_people(shop, inverter, course, client_as, django_assert_max_num_queries):
    from tests.support.fixtures_shop import make_user

    staffing()
    for url in ("/work/settings/people/", "/work/training/", "/work/settings/skills/"):
        client = client_as(shop.owner)
        client.get(url)
        few = statements(lambda url=url, client=client: client.get(url))
        for number in range(4):
            made = make_user(f"{url.strip('/').replace('/', '-')}-{number}", branch=shop.branch, role=shop.agent.role)
            PersonSkill.objects.create(user=made, skill=inverter)
        client.get(url)
        assert statements(lambda url=url, client=client: client.get(url)) <= min(few, 12), url


def test_reason_stands_on_the_page_of_the_work(shop, inverter, make_item, client_as, frozen):
    PersonSkill.objects.all().delete()
    item = make_item()
    assert "nobody on shift knows inverters" in client_as(shop.lead).get(f"/work/{item.number}/").content.decode()
    assert WorkItem.objects.filter(given_why__isnull=True).count() == 0


def test_command_prints_the_records_for_machines(shop, course, capsysbinary, frozen):
    import argparse

    from halkhata.doors.cli.commands.training import show

    attempt(shop, course, shop.agent)
    show(argparse.Namespace(username="rafi", json=True, language=None))
    (person,) = json.loads(capsysbinary.readouterr().out)["people"]
    assert person == {
        "username": "rafi",
        "courses": [{"code": "inverter-safety", "state": "valid", "until": "2027-11-21", "score": 80}],
    }
