"""What the shop decides about its survey, the pause between two askings, and the page a customer will see."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from halkhata.desks.feedback.models import Survey, SurveyInvitation
from halkhata.desks.feedback.services.asking import csat_survey, invite_customer
from halkhata.desks.feedback.services.survey_settings import save_survey
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
FORM = {
    "version": "1", "is_active": "on", "question_bn": "কেমন লাগল?", "question_en": "How did we do?",
    "recovery_threshold": "3", "valid_days": "৩০", "throttle_days": "60",
}  # fmt: skip
VALUES = {
    "is_active": True, "question_bn": "কেমন লাগল?", "question_en": "How did we do?", "recovery_threshold": 3,
    "valid_days": 30, "throttle_days": 60,
}  # fmt: skip


@pytest.fixture
def customer(shop):
    return create_customer(actor=shop.agent, name_en="Rahima Test", emails=["rahima@example.com"])


def make_item(shop, customer, number):
    at = now()
    return WorkItem.objects.create(
        number=number, kind="complaint", subject="The fridge does not cool", customer=customer, branch=shop.branch,
        team=shop.team, owner=shop.agent, channel="email", opened_at=at, last_activity_at=at, last_update_at=at,
    )  # fmt: skip


def invite(item, cause):
    with transaction.atomic():
        return invite_customer(item=item, customer=item.customer, agent=item.owner, cause=cause, language="en")


def test_page_keeps_what_is_typed_in_either_script_and_the_trail_tells_it(shop, client_as):
    client = client_as(shop.owner)
    assert client.get(reverse("feedback:settings")).status_code == 200
    assert client.post(reverse("feedback:settings"), FORM)["Location"] == reverse("feedback:settings")
    survey = Survey.objects.get()
    assert {name: getattr(survey, name) for name in VALUES} == VALUES
    assert survey.version == 2
    entry = AuditEntry.objects.get(action="survey.change")
    assert (entry.before["valid_days"], entry.after["valid_days"], entry.actor_id) == (14, 30, shop.owner.pk)
    off = {name: value for name, value in FORM.items() if name != "is_active"} | {"version": "2"}
    client.post(reverse("feedback:settings"), off)
    assert Survey.objects.get().is_active is False


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("question_bn", " "), ("question_en", ""), ("recovery_threshold", "0"), ("recovery_threshold", "5"),
     ("valid_days", "0"), ("valid_days", "91"), ("throttle_days", "366"), ("throttle_days", "-1"),
     ("throttle_days", "many"), ("throttle_days", "")],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field_and_changes_nothing(shop, client_as, field, wrong):
    response = client_as(shop.owner).post(reverse("feedback:settings"), {**FORM, field: wrong})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert Survey.objects.get().version == 1


@pytest.mark.parametrize(("field", "wrong"), [("valid_days", "14"), ("throttle_days", True), ("valid_days", None)])
def test_service_takes_numbers_only(shop, field, wrong):
    with pytest.raises(DomainError) as refused:
        save_survey(actor=shop.owner, values={**VALUES, field: wrong})
    assert (refused.value.code, refused.value.field) == ("out_of_range", field)


def test_second_of_two_who_change_it_at_once_is_told(shop):
    save_survey(actor=shop.owner, values=VALUES, version=1)
    with pytest.raises(Conflict):
        save_survey(actor=shop.owner, values={**VALUES, "valid_days": 7}, version=1)
    assert Survey.objects.get().valid_days == 30
    save_survey(actor=shop.owner, values=VALUES, version=2)
    assert AuditEntry.objects.filter(action="survey.change").count() == 1  # nothing changed the second time


def test_show_looks_without_saving(shop, client_as):
    response = client_as(shop.owner).post(reverse("feedback:settings"), {**FORM, "preview": "1"})
    assert response.status_code == 200
    assert "Nothing is saved yet." in response.content.decode()
    assert [one["language"] for one in response.context["previews"]] == ["bn", "en"]
    page = client_as(shop.owner).get(response.context["previews"][1]["url"]).content.decode()
    assert "<h1>How did we do?</h1>" in page
    assert Survey.objects.get().version == 1


def test_preview_is_the_customers_page_in_each_language_and_sends_nothing(shop, client_as):
    client = client_as(shop.owner, language="en")
    bengali = client.get(reverse("feedback:preview"), {"lang": "bn", "question": "কেমন <b>লাগল</b>?"})
    text = bengali.content.decode()
    assert '<html lang="bn"' in text
    assert "<h1>কেমন &lt;b&gt;লাগল&lt;/b&gt;?</h1>" in text
    assert "<span>৫<span" in text
    assert 'type="submit"' not in text
    assert "frame-ancestors 'self'" in bengali["Content-Security-Policy"]
    assert "form-action 'none'" in bengali["Content-Security-Policy"]
    assert bengali["X-Frame-Options"] == "SAMEORIGIN"
    english = client.get(reverse("feedback:preview"), {"lang": "en", "question": "How?"}).content.decode()
    assert '<html lang="en"' in english
    assert "<span>5<span" in english
    assert client.post(reverse("feedback:preview"), {"score": "5"}).status_code == 405


def test_settings_are_for_those_who_may_change_settings(shop, client_as, client):
    for name in ("feedback:settings", "feedback:preview"):
        assert client.get(reverse(name))["Location"].startswith("/sign-in/")
        assert client_as(shop.lead).get(reverse(name)).status_code == 403
    assert client_as(shop.lead).post(reverse("feedback:settings"), FORM).status_code == 403
    with pytest.raises(PermissionRefused):
        save_survey(actor=shop.lead, values=VALUES)


def test_nobody_is_asked_twice_within_the_days_whatever_the_ticket(shop, customer):
    first, second = make_item(shop, customer, "K-1"), make_item(shop, customer, "K-2")
    start = now()
    assert invite(first, "resolution:1") is not None
    for days, asked in ((0, False), (13, False), (15, True)):
        with moved_to(start + timedelta(days=days, minutes=1)):
            assert (invite(second, f"resolution:2-{days}") is not None) is asked, days
    assert SurveyInvitation.objects.count() == 2


def test_other_people_are_asked_and_zero_days_asks_every_time(shop, customer):
    neighbour = create_customer(actor=shop.agent, name_en="Karim Test")
    assert invite(make_item(shop, customer, "K-1"), "resolution:1") is not None
    assert invite(make_item(shop, neighbour, "K-2"), "resolution:2") is not None
    Survey.objects.update(throttle_days=0)
    assert invite(make_item(shop, customer, "K-3"), "resolution:3") is not None


@pytest.mark.django_db(transaction=True)
def test_two_tickets_of_a_person_resolved_at_once_ask_once(shop, customer):
    csat_survey()
    items = [make_item(shop, customer, f"K-{number}") for number in (1, 2)]
    barrier, asked = threading.Barrier(2), []

    def work(item):
        try:
            barrier.wait(10)
            asked.append(invite(item, f"resolution:{item.pk}") is not None)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[item]) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(asked) == [False, True]
