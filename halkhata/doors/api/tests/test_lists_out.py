"""Lists on their way out by the API: of what the key sees, asked anew at the door."""

import csv
import io

import pytest

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.text import fold_digits
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.imports.models import ExportRun
from halkhata.records.imports.services import limits
from tests.support.fixtures_shop import make_role, make_user

RIGHTS = ["customer.view", "customer.see_private", "customer.export"]


@pytest.fixture
def taker(shop):
    create_customer(actor=shop.owner, name_en="=Here", phones=["01100000801"], branch=shop.branch)
    return make_user(
        "taker", branch=shop.branch, role=make_role("taker", level=1, scope="branch", permissions=RIGHTS), language="en"
    )


def fetched(api, rights=None, **body):
    """Ask for a list, have it written, fetch it. Returns (its description, the answer)."""
    made = api.post("/exports", {"format": "csv", **body})
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["file"]) == ("waiting", None)
    run_until_quiet()
    shown = api.get(made["Location"].removeprefix("/api/v1")).json()
    return shown, api.get(shown["file"]["content"].removeprefix("/api/v1"))


def text_of(answer):
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_list_holds_what_the_key_sees_and_no_formula(key, taker, elsewhere):
    api = key(taker, RIGHTS)
    shown, answer = fetched(api)
    assert (shown["state"], shown["rows_done"], shown["shows_private"]) == ("done", 1, True)
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(text_of(answer))))
    assert (len(rows), rows[1][2], rows[1][4]) == (2, "'=Here", "01100-000801")
    actions = AuditEntry.objects.filter(action__startswith="export.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["export.begin", "export.end"]
    assert [one["id"] for one in api.get("/exports").json()["items"]] == [shown["id"]]


def test_key_that_sees_no_private_fields_gets_them_masked_whatever_its_user_sees(key, taker):
    shown, answer = fetched(key(taker, ["customer.view", "customer.export"]))
    assert shown["shows_private"] is False
    text = fold_digits(text_of(answer))
    assert "000801" not in text
    assert "011•••••801" in text


def test_who_lost_private_fields_is_refused_at_the_door_and_the_trail_stays(key, taker, client_as, is_problem):
    api = key(taker, RIGHTS)
    shown, answer = fetched(api)
    text_of(answer)
    path, content = f"/exports/{shown['id']}", f"/exports/{shown['id']}/content"
    # Another key of the same person that sees less.
    is_problem(key(taker, ["customer.view", "customer.export"]).get(content), 403, "private_list")
    page = client_as(taker).get(f"/files/{shown['file']['id']}/x.csv")
    assert page.status_code == 200
    taker.role.permissions = ["customer.view", "customer.export"]
    taker.role.save()
    assert api.get(path).status_code == 200
    said = is_problem(api.get(content, accept_language="en"), 403, "private_list")
    assert "Private fields stand in this list" in said["title"]
    assert client_as(taker).get(f"/files/{shown['file']['id']}/x.csv").status_code == 404
    assert AuditEntry.objects.filter(action="export.end").count() == 1
    taker.role.permissions = ["customer.view", "customer.see_private"]
    taker.role.save()
    is_problem(api.get(content), 403, "scope_missing")
    assert client_as(taker).get(f"/files/{shown['file']['id']}/x.csv").status_code == 404
    assert ExportRun.objects.get().state == "done"


def test_private_fields_lost_between_asking_and_writing_are_masked(key, taker):
    api = key(taker, RIGHTS)
    made = api.post("/exports", {"format": "csv"}).json()
    assert made["shows_private"] is True
    taker.role.permissions = ["customer.view", "customer.export"]
    taker.role.save()
    run_until_quiet()
    shown = api.get(f"/exports/{made['id']}").json()
    assert (shown["state"], shown["shows_private"]) == ("done", False)
    assert "000801" not in text_of(api.get(f"/exports/{made['id']}/content"))


def test_another_persons_list_and_one_that_is_not_written_answer_as_none(key, taker, owner_key, is_problem):
    api = key(taker, RIGHTS)
    made = api.post("/exports", {"format": "xlsx"}).json()
    is_problem(api.get(f"/exports/{made['id']}/content"), 404, "not_found")
    run_until_quiet()
    assert api.get(f"/exports/{made['id']}/content").status_code == 200
    for path in (f"/exports/{made['id']}", f"/exports/{made['id']}/content"):
        assert owner_key.get(path).content == owner_key.get("/exports/999999").content
        is_problem(owner_key.get(path), 404, "not_found")
    assert owner_key.get("/exports").json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"target": "souls"}, 422, "unknown_target"), ({"format": "pdf"}, 422, "invalid_input"),
        ({"branch_id": 999999}, 404, "not_found"), ({"what": 1}, 422, "invalid_input"),
    ],
)  # fmt: skip
def test_list_that_there_is_none_of_is_refused(key, taker, is_problem, body, status, code):
    is_problem(key(taker, RIGHTS).post("/exports", body), status, code)
    assert not ExportRun.objects.exists()


def test_foreign_branch_is_no_list(key, taker, elsewhere, is_problem):
    is_problem(key(taker, RIGHTS).post("/exports", {"branch_id": elsewhere.branch.pk}), 404, "not_found")
    assert not ExportRun.objects.exists()


def test_key_without_the_scope_is_refused(key, taker, is_problem):
    is_problem(key(taker, ["customer.view", "customer.see_private"]).post("/exports", {}), 403, "scope_missing")
    assert not ExportRun.objects.exists()


def test_fourth_list_that_waits_is_refused_in_words_here_and_on_the_page(key, taker, client_as, is_problem):
    api = key(taker, RIGHTS)
    for _ in range(limits.MOST_EXPORTS):
        assert api.post("/exports", {}).status_code == 201
    said = is_problem(api.post("/exports", {}, accept_language="en"), 409, "too_many_exports")
    assert said["title"].startswith("3 of your lists are being written")
    page = client_as(taker).post("/imports/exports/", {"format": "csv"})
    assert (page.status_code, "3 of your lists are being written" in page.content.decode()) == (409, True)
    assert ExportRun.objects.count() == 3
    run_until_quiet()
    assert api.post("/exports", {}).status_code == 201
