"""The pages of the engine, in both languages, with rows and without."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from halkhata.engines.work.models import (
    Absence,
    BusinessCalendar,
    CalendarDay,
    ChecklistTemplate,
    EscalationRule,
    Notification,
    SavedView,
    SlaPolicy,
    WorkItem,
)
from halkhata.engines.work.registry import notification_sentences
from halkhata.engines.work.services.defaults import create_default_work_setup
from halkhata.engines.work.services.escalation import demand_manager
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.reader import Reader, reader_context

from .conftest import SUNDAY_TEN, minutes

pytestmark = pytest.mark.django_db


def addresses(shop, item, task):
    rule, template = EscalationRule.objects.first(), ChecklistTemplate.objects.first()
    return [
        reverse("work:today"),
        reverse("work:today") + f"?person={shop.agent.pk}",
        reverse("work:queue"),
        reverse("work:queue") + "?due=late",
        reverse("work:queue") + "?q=X-999",
        reverse("work:task", args=[task.number]),
        reverse("work:item", args=[item.number]),
        reverse("work:explain", args=[item.number]),
        reverse("work:explain", args=[task.number]),
        reverse("work:checklist", args=[item.number]),
        reverse("work:calendars"),
        reverse("work:calendar_new"),
        reverse("work:calendar_edit", args=[shop.calendar.pk]),
        reverse("work:policies"),
        reverse("work:policy_new"),
        reverse("work:policy_edit", args=[shop.policy.pk]),
        reverse("work:escalation"),
        reverse("work:rule_new"),
        reverse("work:rule_edit", args=[rule.pk]),
        reverse("work:absences"),
        reverse("work:assignment"),
        reverse("work:checklists"),
        reverse("work:checklist_new"),
        reverse("work:checklist_edit", args=[template.pk]),
        reverse("web:notifications"),
    ]


@pytest.mark.parametrize("language", ["en", "bn"])
def test_every_page_opens_in_both_languages(shop, make_item, client_as, frozen, language):
    create_default_work_setup(branch=shop.branch)
    CalendarDay.objects.create(calendar=shop.calendar, on="2026-12-16", kind="holiday", name_bn="বিজয় দিবস")
    Absence.objects.create(user=shop.lead, starts_at=now(), ends_at=now() + minutes(600), reason="Leave")
    item = make_item("Fridge <b>leaks</b>", owner=shop.owner)
    task = plan_task(
        actor=None,
        kind="follow_up",
        subject="Is the fridge all right?",
        customer=None,
        parent=item,
        branch=shop.branch,
        team=shop.team,
        owner=shop.owner,
        planned_at=now() + minutes(60),
        cause="test:1",
    )
    client = client_as(shop.owner, language)
    for address in addresses(shop, item, task):
        response = client.get(address)
        assert response.status_code == 200, address
        assert b"<b>leaks</b>" not in response.content, address
        assert f'lang="{language}"'.encode() in response.content or "checklist" in address


def test_number_in_bengali_digits_and_letters_leads_to_the_item(shop, make_item, client_as, frozen):
    task = plan_task(
        actor=None, kind="follow_up", subject="Call", customer=None, parent=None, branch=shop.branch, team=None,
        owner=shop.agent, planned_at=now() + minutes(60), cause="test:2",
    )  # fmt: skip
    digits = task.number.split("-")[1].translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    response = client_as(shop.agent).get(f"/work/ফ-{digits}/")
    assert response.status_code == 302
    assert response["Location"] == f"/work/tasks/{task.number}/"


def test_item_outside_the_scope_is_not_found(shop, make_item, client_as, frozen):
    item = make_item(owner=shop.owner, team=None)
    shop.agent.role.scope = "own"
    shop.agent.role.save()
    client = client_as(shop.agent)
    for name in ("item", "explain", "checklist"):
        assert client.get(reverse(f"work:{name}", args=[item.number])).status_code == 404


def settings_addresses(shop):
    rule, template = EscalationRule.objects.first(), ChecklistTemplate.objects.first()
    return [
        ("work:calendar_new", [], {"name_en": "Other", "zone": "Asia/Dhaka", "day_0": "09:00-10:00"}),
        ("work:calendar_edit", [shop.calendar.pk], {"name_en": "Other", "zone": "Asia/Dhaka", "day_0": "09:00-10:00"}),
        ("work:calendar_day_new", [shop.calendar.pk], {"on": "2026-12-16", "until": "2026-12-18", "kind": "holiday"}),
        ("work:policy_new", [], {"name_en": "Other"}),
        ("work:policy_edit", [shop.policy.pk], {"name_en": "Other"}),
        ("work:policy_move", [shop.policy.pk], {"to": "up"}),
        ("work:rule_new", [], {"level": "2", "trigger": "breach", "notify": "on"}),
        ("work:rule_edit", [rule.pk], {"level": "2", "trigger": "demand", "notify": "on"}),
        ("work:rule_remove", [rule.pk], {}),
        ("work:absences", [], {"user": shop.agent.pk, "starts_at": "2026-11-22T09:00", "ends_at": "2026-11-23T09:00"}),
        ("work:assignment", [], {"team": shop.team.pk, "method": "round_robin"}),
        ("work:checklist_new", [], {"name_en": "L", "kind": "follow_up", "lines": "a"}),
        ("work:checklist_edit", [template.pk], {"name_en": "L", "kind": "follow_up", "lines": "a"}),
    ]


def digest():
    """Everything the settings pages could change."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            SlaPolicy,
            EscalationRule,
            ChecklistTemplate,
            CalendarDay,
            Absence,
            SavedView,
            WorkItem,
            Notification,
        )
    ]


def test_settings_refuse_whoever_may_not_and_change_nothing(shop, client_as, frozen):
    create_default_work_setup(branch=shop.branch)
    before = digest()
    client = client_as(shop.agent)
    for name, args, data in settings_addresses(shop):
        assert client.post(reverse(name, args=args), data).status_code == 403, name
    assert digest() == before


def test_settings_without_sign_in_lead_to_the_sign_in_page(shop, client, frozen):
    create_default_work_setup(branch=shop.branch)
    before = digest()
    for name, args, data in settings_addresses(shop):
        response = client.post(reverse(name, args=args), data)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/")
    assert digest() == before


def test_calendar_page_takes_bengali_digits(shop, client_as, frozen):
    client = client_as(shop.owner, "bn")
    data = {
        "name_bn": "রমজান",
        "zone": "Asia/Dhaka",
        "day_5": "০৯:০০-১৩:০০, ১৪:৩০ – ২০:০০",
        "branches": [shop.branch.pk],
    }
    response = client.post(reverse("work:calendar_new"), data)
    assert response.status_code == 302
    shop.branch.refresh_from_db()
    calendar = shop.branch.work_calendar.calendar
    assert [(row.weekday, row.starts_minute, row.ends_minute) for row in calendar.intervals.all()] == [
        (5, 540, 780),
        (5, 870, 1200),
    ]


@pytest.mark.parametrize("hours", ["9-25", "13:00-09:00", "abc", "09:00-13:00, 12:00-14:00", "09:70-10:00"])
def test_calendar_page_refuses_hours_that_cannot_be_and_keeps_the_text(shop, client_as, frozen, hours):
    client = client_as(shop.owner)
    data = {"name_en": "Odd hours", "zone": "Asia/Dhaka", "day_0": hours}
    response = client.post(reverse("work:calendar_edit", args=[shop.calendar.pk]), data)
    assert response.status_code == 422
    assert hours in response.content.decode()
    assert shop.calendar.intervals.count() == 12


def test_policy_page_refuses_first_answer_after_resolution(shop, client_as, frozen):
    client = client_as(shop.owner)
    data = {"name_en": "Odd", "warn_at": "50, 75"}
    for priority in ("urgent", "high", "normal", "low"):
        data |= {f"target_{priority}_first": "৫", f"target_{priority}_resolution": "4:30"}
    response = client.post(reverse("work:policy_edit", args=[shop.policy.pk]), data)
    assert response.status_code == 422
    assert "must not be promised later" in response.content.decode()
    shop.policy.refresh_from_db()
    assert (shop.policy.version, shop.policy.name_en) == (1, "Default")


def test_policy_page_saves_a_new_version(shop, client_as, frozen):
    client = client_as(shop.owner)
    data = {"name_en": "Faster", "warn_at": "৮০", "version": "1"}
    for priority in ("urgent", "high", "normal", "low"):
        data |= {
            f"target_{priority}_first": "0:30",
            f"target_{priority}_next": "",
            f"target_{priority}_resolution": "৪",
        }
    response = client.post(reverse("work:policy_edit", args=[shop.policy.pk]), data)
    assert response.status_code == 302
    shop.policy.refresh_from_db()
    assert (shop.policy.version, shop.policy.warn_at) == (2, [80])
    assert set(shop.policy.targets.values_list("metric", "minutes")) == {("first", 30), ("resolution", 240)}


def test_day_of_somebody_outside_the_scope_is_not_shown(shop, client_as, frozen):
    assert client_as(shop.agent).get(reverse("work:today") + f"?person={shop.owner.pk}").status_code == 404
    assert client_as(shop.manager).get(reverse("work:today") + f"?person={shop.agent.pk}").status_code == 200


def test_notice_opened_is_read_and_foreign_one_is_not_found(shop, make_item, client_as, frozen):
    item = make_item(owner=shop.agent)
    notice = Notification.objects.get(user=shop.agent)
    assert client_as(shop.agent2).post(reverse("work:notification_open", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None
    response = client_as(shop.agent).post(reverse("work:notification_open", args=[notice.pk]))
    assert response["Location"] == f"/work/{item.number}/"
    notice.refresh_from_db()
    assert notice.read_at == SUNDAY_TEN


def test_stretch_of_days_is_one_row_of_the_form_and_one_row_of_the_list(shop, client_as, frozen):
    client = client_as(shop.owner, "bn")
    address = reverse("work:calendar_day_new", args=[shop.calendar.pk])
    data = {"on": "2027-02-08", "until": "2027-03-09", "kind": "override", "name_bn": "রমজান ২০২৭", "hours": "৯-১৬"}
    page = client.post(address, data, follow=True)
    assert page.status_code == 200
    days = CalendarDay.objects.filter(calendar=shop.calendar)
    # Thirty dates with four Fridays among them.
    assert days.count() == 26
    text = page.content.decode()
    assert text.count("রমজান ২০২৭") == 1
    assert "৮ ফেব্রুয়ারি ২০২৭" in text
    assert "৯ মার্চ ২০২৭" in text
    assert "২৬" in text
    # As on the page: from its first day until its last.
    removal = reverse("work:calendar_day_remove", args=[shop.calendar.pk, days.first().pk])
    assert f'action="{removal}"' in text
    assert 'name="until" value="2027-03-09"' in text
    assert client.post(removal, {"until": "2027-03-09"}).status_code == 302
    assert not days.exists()


def test_removal_without_a_last_day_takes_one_and_of_another_calendar_is_not_found(shop, client_as, frozen):
    client = client_as(shop.owner)
    address = reverse("work:calendar_day_new", args=[shop.calendar.pk])
    client.post(address, {"on": "2027-02-08", "until": "2027-02-10", "kind": "override", "hours": "9-16"})
    first = CalendarDay.objects.first()
    other = BusinessCalendar.objects.create(code="other", name_en="Other")
    assert client.post(reverse("work:calendar_day_remove", args=[other.pk, first.pk])).status_code == 404
    client.post(reverse("work:calendar_day_remove", args=[shop.calendar.pk, first.pk]), {"until": "soon"})
    assert [day.on.day for day in CalendarDay.objects.all()] == [9, 10]


def test_stretch_backwards_is_refused_beside_its_field(shop, client_as, frozen):
    address = reverse("work:calendar_day_new", args=[shop.calendar.pk])
    page = client_as(shop.owner).post(address, {"on": "2027-02-08", "until": "2027-02-01", "kind": "holiday"})
    assert page.status_code == 422
    assert "The last day cannot lie before the first." in page.content.decode()
    assert not CalendarDay.objects.exists()


DUE = "2026-11-22T12:00:00+06:00"
NOTICES = {"item.opened", "item.assigned", "item.demanded", "item.escalated", "promise.warned", "promise.broken"}


@pytest.mark.parametrize("trigger", ["share", "breach", "reopens", "silence", "demand", "unknown"])
@pytest.mark.parametrize("verb", sorted(NOTICES))
def test_notice_has_all_its_digits_as_the_reader_wants_them(verb, trigger):
    data = {
        "number": "K-1045", "subject": "AC 1.5 ton, 3 weeks old", "kind": "complaint", "metric": "first",
        "share": 75, "due_at": DUE, "trigger": trigger, "threshold": 50, "level": 2,
    }  # fmt: skip
    for language, digits, foreign in (
        ("bn", "bengali", "0123456789"),
        ("bn", "latin", "০১২৩৪৫৬৭৮৯"),
        ("en", "bengali", "0123456789"),
        ("en", "latin", "০১২৩৪৫৬৭৮৯"),
    ):
        with override(language), reader_context(Reader(language=language, digits=digits)):
            said = str(notification_sentences.find(verb)(data))
            wanted = ("১০৪৫", "১.৫") if digits == "bengali" else ("1045", "1.5")
        assert wanted[0] in said
        assert not set(said) & set(foreign), said
        if verb != "promise.warned":
            assert wanted[1] in said


def test_bengali_reader_of_the_notices_sees_bengali_digits(shop, make_item, client_as, frozen):
    item = make_item("Fridge 2", owner=shop.agent)
    demand_manager(actor=None, item=item)
    row = Notification.objects.filter(verb__in=NOTICES).exclude(user=shop.agent).latest("pk")
    client = client_as(row.user, "bn")
    text = client.get(reverse("web:notifications")).content.decode()
    assert "Fridge ২" in text
    assert "১০০১" in text
    assert "Fridge 2" not in text
