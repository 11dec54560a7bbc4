"""The first run, as a browser sees it, and two of them at once."""

import threading

import pytest
from django.db import connection
from django.test import Client

from halkhata.foundation.accounts.models import Branch, Role, Team, User
from halkhata.foundation.accounts.services.setup import SetupAnswers, set_up_install
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.models import Installation, OutboxEvent
from halkhata.foundation.core.registry import setup_steps

PASSWORD = "four quiet plain words"


def test_first_visit_anywhere_leads_to_the_first_question(db):
    client = Client(headers={"host": "localhost"})
    response = client.get("/tickets/")
    assert response.status_code == 302
    assert response["Location"] == "/setup/"
    page = client.get("/setup/")
    assert page.status_code == 200
    assert 'name="language"' in page.content.decode()


def test_wizard_answered_step_by_step_makes_shop_owner_and_signs_in(db):
    client = Client(headers={"host": "localhost"})
    assert client.post("/setup/language/", {"language": "en"})["Location"] == "/setup/trade/"
    assert client.post("/setup/trade/", {"trade": "motorcycle"})["Location"] == "/setup/shop/"
    assert (
        client.post("/setup/shop/", {"shop_name": "Padma Motors", "phone": "০১১০০-০০০০০১"})["Location"]
        == "/setup/hours/"
    )
    hours = {"opens_minute": "600", "closes_minute": "1260", "closed_weekdays": ["4", "5"]}
    assert client.post("/setup/hours/", hours)["Location"] == "/setup/owner/"
    owner = {"owner_name": "Invented Owner", "username": "boss", "password": PASSWORD, "repeated": PASSWORD}
    assert client.post("/setup/owner/", owner)["Location"] == "/start/"

    install = Installation.objects.get()
    assert (install.shop_name, install.trade, install.phone, install.default_language) == (
        "Padma Motors", "motorcycle", "+8801100000001", "en",
    )  # fmt: skip
    assert install.set_up_at is not None
    user = User.objects.select_related("role", "branch").get()
    assert (user.username, user.name_en, user.role.code, user.branch.code) == (
        "boss",
        "Invented Owner",
        "owner",
        "main",
    )
    assert user.branch.path == f"/{user.branch.pk}/"
    assert Role.objects.filter(is_system=True).count() == 11
    assert list(Team.objects.get().members.all()) == [user]
    event = OutboxEvent.objects.get(name="installation.set_up")
    assert event.payload["opens_minute"] == 600
    assert event.payload["closed_weekdays"] == [4, 5]
    assert client.get("/start/").status_code == 200
    assert client.get("/setup/").status_code == 404
    assert client.get("/setup/owner/").status_code == 404
    assert Client(headers={"host": "localhost"}).get("/setup/").status_code == 404


def test_all_questions_skipped_gives_sane_defaults(db):
    client = Client(headers={"host": "localhost"})
    for step in ("language", "trade", "shop", "hours"):
        assert client.post(f"/setup/{step}/", {"skip": "1"}).status_code == 302
    client.post("/setup/owner/", {"username": "boss", "password": PASSWORD, "repeated": PASSWORD})
    branch = Branch.objects.get()
    assert (branch.name_bn, branch.name_en) == ("আমাদের দোকান", "Our shop")
    assert Installation.objects.get().shop_name == "আমাদের দোকান"
    event = OutboxEvent.objects.get(name="installation.set_up")
    assert (event.payload["opens_minute"], event.payload["closes_minute"], event.payload["closed_weekdays"]) == (
        540,
        1200,
        [4],
    )


@pytest.mark.parametrize("password", ["short", "password1234", "boss-boss-boss"])
def test_weak_owner_password_sets_nothing_up(db, password):
    client = Client(headers={"host": "localhost"})
    response = client.post("/setup/owner/", {"username": "boss-boss-boss", "password": password, "repeated": password})
    assert response.status_code == 200
    assert User.objects.count() == 0
    assert not Installation.objects.filter(set_up_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("step", "data", "kept"),
    [
        ("hours", {"opens_minute": "1200", "closes_minute": "600"}, "closes_minute"),
        (
            "hours",
            {"opens_minute": "540", "closes_minute": "600", "closed_weekdays": list("0123456")},
            "closed_weekdays",
        ),
        ("shop", {"shop_name": "X", "phone": "12"}, "phone"),
    ],
)
def test_impossible_answer_is_told_beside_its_field(db, step, data, kept):
    response = Client(headers={"host": "localhost"}).post(f"/setup/{step}/", data)
    assert response.status_code == 200
    assert kept in response.context["form"].errors


def test_failing_step_of_another_app_leaves_nothing_behind(db):
    def explode(install, branch, answers):
        raise DomainError("test_failure", "the step fails")

    setup_steps.register("test-explode", explode)
    try:
        with pytest.raises(DomainError):
            set_up_install(answers=SetupAnswers(), username="boss", password=PASSWORD)
    finally:
        del setup_steps._entries["test-explode"]
    assert (User.objects.count(), Branch.objects.count(), Role.objects.count(), AuditEntry.objects.count()) == (
        0,
        0,
        0,
        0,
    )


@pytest.mark.django_db(transaction=True)
def test_two_set_ups_at_once_make_one_owner():
    results: list[str] = []
    start = threading.Barrier(2)

    def run(name: str) -> None:
        start.wait()
        try:
            set_up_install(answers=SetupAnswers(), username=name, password=PASSWORD)
            results.append("done")
        except Conflict as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(f"boss{number}",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(results) == ["already_set_up", "done"]
    assert (User.objects.count(), Branch.objects.count(), Team.objects.count()) == (1, 1, 1)
    assert OutboxEvent.objects.filter(name="installation.set_up").count() == 1
