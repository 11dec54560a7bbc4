"""The published service standards: drafted, published, never changed, read by everybody (A51.10)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from halkhata.doors.cli.health.standards import standards as look
from halkhata.engines.work.models import CalendarDay, EscalationRule, SlaPolicy, SlaTarget
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.oversight.standards.models import StandardsDraft, StandardsVersion
from halkhata.oversight.standards.selectors.versions import disagreements, version_in_force, version_to_come
from halkhata.oversight.standards.services.publishing import publish_standards, save_draft
from halkhata.oversight.standards.texts import first_texts

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def that_sunday():
    with moved_to(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Dhaka"))):
        yield


@pytest.fixture
def first(shop):
    return publish_standards(actor=shop.owner, effective_on=TODAY)


def test_public_page_tells_times_hours_holidays_and_the_way_outside_in_both_languages(shop, client):
    CalendarDay.objects.create(
        calendar=shop.calendar, on=date(2026, 12, 16), kind="holiday", name_en="Victory Day", name_bn="বিজয় দিবস"
    )
    publish_standards(actor=shop.owner, effective_on=TODAY)
    english = client.get(reverse("portal:standards"), {"lang": "en"}).content.decode()
    bengali = client.get(reverse("portal:standards"), {"lang": "bn"}).content.decode()
    for words in ("Our service standards", "30 min", "22 h", "09:00–13:00, 14:00–20:00", "Victory Day", "16 December",
                  "closed", "hotline 16121", "22 November 2026", "Saturday"):  # fmt: skip
        assert words in english, words
    for words in ("৩০ মিনিট", "০৯:০০–১৩:০০", "বিজয় দিবস", "১৬১২১", "২২ নভেম্বর ২০২৬", "অগ্রহায়ণ", "শনিবার"):
        assert words in bengali, words
    assert "<script" not in english + bengali
    assert len(bengali.encode()) < 60_000


def test_public_page_tells_the_limit_of_an_answer_where_there_is_one(shop, client):
    publish_standards(actor=shop.owner, effective_on=TODAY)
    page = client.get(reverse("portal:standards"), {"lang": "en"}).content.decode()
    assert "by the clock at the latest" not in page
    SlaPolicy.objects.filter(pk=shop.policy.pk).update(ceiling_hours=72)
    publish_standards(actor=shop.owner, effective_on=TODAY + timedelta(days=1))
    with moved_to(datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Asia/Dhaka"))):
        page = client.get(reverse("portal:standards"), {"lang": "en"}).content.decode()
    assert "An answer after 72 h by the clock at the latest." in page


def test_nobody_changes_what_was_published(first):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        StandardsVersion.objects.filter(pk=first.pk).update(effective_on=date(2030, 1, 1))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        first.delete()
    assert StandardsVersion.objects.get().effective_on == TODAY


def test_next_version_waits_for_its_day_and_the_old_one_stays_readable(shop, first, client):
    texts = first_texts()
    texts["intro"] = {"bn": "নতুন কথা", "en": "New words"}
    save_draft(actor=shop.owner, texts=texts)
    second = publish_standards(actor=shop.owner, effective_on=TODAY + timedelta(days=9))
    assert (version_in_force(TODAY), version_to_come(TODAY)) == (first, second)
    page = client.get("/c/standards/?lang=en").content.decode()
    assert "New words" not in page
    assert "From 1 December 2026 a new version holds." in page
    coming = client.get("/c/standards/2/?lang=en").content.decode()
    assert "New words" in coming
    assert "This version does not hold yet." in coming
    with moved_to(datetime(2026, 12, 1, 0, 5, tzinfo=ZoneInfo("Asia/Dhaka"))):
        assert "New words" in client.get("/c/standards/?lang=en").content.decode()
        old = client.get("/c/standards/1/?lang=en").content.decode()
    assert "This version no longer holds." in old
    assert "New words" not in old


def test_before_anything_is_published_there_is_nothing_to_read(shop, client):
    assert "Nothing has been published here yet." in client.get("/c/standards/?lang=en").content.decode()
    for address in ("/c/standards/1/", "/c/standards/99999999999999999999/"):
        assert client.get(address).status_code == 404
    assert "Our service standards" not in client.get("/c/complaint/?lang=en").content.decode()


def test_complaint_form_leads_to_the_standards(first, client):
    assert 'href="/c/standards/?lang=en">Our service standards' in client.get("/c/complaint/?lang=en").content.decode()


CHANGES = {
    "policies": lambda shop: SlaTarget.objects.filter(policy=shop.policy, priority="high").update(minutes=999),
    "hours": lambda shop: shop.calendar.intervals.filter(weekday=0).delete(),
    "days": lambda shop: CalendarDay.objects.create(calendar=shop.calendar, on=date(2026, 12, 25), kind="holiday"),
    "levels": lambda shop: EscalationRule.objects.create(level=4, trigger="breach", metric="resolution"),
}


@pytest.mark.parametrize("part", CHANGES)
def test_owner_is_told_when_settings_and_published_text_part_company(shop, first, client_as, part):
    assert disagreements(TODAY) == []
    assert look().ok
    CHANGES[part](shop)
    assert disagreements(TODAY) == [part]
    finding = look()
    assert (finding.ok, finding.values) == (False, {"version": 1, "disagrees": [part]})
    page = client_as(shop.owner).get(reverse("standards:settings")).content.decode()
    assert "The published text no longer agrees with the settings" in page
    publish_standards(actor=shop.owner, effective_on=TODAY)
    assert disagreements(TODAY) == []


def test_holiday_that_has_passed_is_no_disagreement(shop):
    holiday = CalendarDay.objects.create(calendar=shop.calendar, on=date(2026, 11, 25), kind="holiday", name_en="Fair")
    publish_standards(actor=shop.owner, effective_on=TODAY)
    holiday.delete()
    assert disagreements(TODAY) == ["days"]
    assert disagreements(date(2026, 11, 26)) == []


def test_publishing_needs_both_languages_and_a_day_to_come(shop):
    with pytest.raises(DomainError, match="today or a later day"):
        publish_standards(actor=shop.owner, effective_on=TODAY - timedelta(days=1))
    texts = first_texts()
    texts["outside"]["en"] = "  "
    save_draft(actor=shop.owner, texts=texts)
    with pytest.raises(DomainError, match="both languages") as refusal:
        publish_standards(actor=shop.owner, effective_on=TODAY)
    assert refusal.value.field == "outside_en"
    assert StandardsVersion.objects.count() == 0


def test_two_owners_do_not_write_over_each_other(shop):
    row = save_draft(actor=shop.owner, texts=first_texts())
    save_draft(actor=shop.owner, texts=first_texts(), version=row.version)
    with pytest.raises(Conflict):
        save_draft(actor=shop.owner, texts=first_texts(), version=row.version)


def test_only_whoever_sets_up_the_whole_shop_may_publish(shop, client_as):
    role = shop.manager.role
    role.permissions = [*role.permissions, "settings.edit"]
    role.save(update_fields=["permissions"])
    for act in (
        lambda: save_draft(actor=shop.manager, texts=first_texts()),
        lambda: publish_standards(actor=shop.manager, effective_on=TODAY),
    ):
        with pytest.raises(PermissionRefused):
            act()
    for user in (shop.agent, shop.manager):
        client = client_as(user)
        assert client.get(reverse("standards:settings")).status_code == 403
        assert client.get(reverse("standards:preview")).status_code == 403
        assert client.post(reverse("standards:publish"), {"effective_on": "22/11/2026"}).status_code == 403
    assert StandardsVersion.objects.count() == StandardsDraft.objects.count() == 0


def test_owner_writes_looks_and_publishes_in_bengali_digits(shop, client_as):
    client = client_as(shop.owner)
    words = {f"{code}_{language}": f"{code} {language} {{{{ promise }}}} <b>" for code in first_texts()
             for language in ("bn", "en")}  # fmt: skip
    assert client.post(reverse("standards:settings"), words).status_code == 302
    preview = client.get(reverse("standards:preview"), {"lang": "en"}).content.decode()
    assert "This is the draft" in preview
    assert "intro en {{ promise }} &lt;b&gt;" in preview
    draft = StandardsDraft.objects.get()
    answer = client.post(reverse("standards:publish"), {"effective_on": "১/১২/২০২৬", "version": draft.version})
    assert answer.status_code == 302
    assert StandardsVersion.objects.get().effective_on == date(2026, 12, 1)
    assert AuditEntry.objects.filter(action="standards.publish", actor_id=shop.owner.pk).count() == 1
    stale = client.post(reverse("standards:publish"), {"effective_on": "1/12/2026", "version": draft.version - 1})
    assert stale.status_code == 409
    assert client.post(reverse("standards:publish"), {"effective_on": "soon"}).status_code == 422


def test_pages_cost_little(shop, first, client, client_as, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        assert client.get("/c/standards/").status_code == 200
    owner = client_as(shop.owner)
    with django_assert_max_num_queries(28):
        assert owner.get(reverse("standards:settings")).status_code == 200
