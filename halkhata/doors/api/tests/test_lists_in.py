"""Lists on their way in by the API: brought, mapped, tried, imported, stopped, undone; whose; how many wait."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.records.customers.models import Customer
from halkhata.records.imports.models import ImportRun, SavedMapping
from halkhata.records.imports.reading.sources import forget_reader
from halkhata.records.imports.services import limits
from halkhata.records.imports.tests.conftest import csv_bytes
from tests.support.fixtures_shop import make_role, make_user

LIST = [["Name", "Mobile"], ["রহিম", "01100000701"], ["Karim", "01100000702"], ["=Bad", "123"]]
RIGHTS = ["customer.view", "customer.edit", "customer.see_private", "customer.import"]


@pytest.fixture(autouse=True)
def no_open_file():
    yield
    forget_reader()


def bring(api, rows=LIST, headers=None, **values):
    file = SimpleUploadedFile("my list.csv", csv_bytes(rows))
    return api.upload("/imports", file=file, headers=headers or {}, **values)


@pytest.fixture
def importer(shop, key):
    role = make_role("importer", level=1, scope="branch", permissions=RIGHTS)
    return key(make_user("importer", branch=shop.branch, role=role, language="en"), RIGHTS)


def test_list_is_brought_tried_imported_and_undone(importer):
    made = bring(importer, headers={"idempotency-key": "one"})
    assert made.status_code == 201, made.content
    again = bring(importer, headers={"idempotency-key": "one"})
    assert (again["Idempotency-Replayed"], ImportRun.objects.count()) == ("true", 1)
    shown = made.json()
    assert (shown["state"], shown["mapping"], shown["headings"]) == (
        "uploaded", {"0": "name", "1": "phone"}, ["Name", "Mobile"],
    )  # fmt: skip
    path = made["Location"].removeprefix("/api/v1")
    assert importer.post(f"{path}/check").json()["state"] == "checking"
    run_until_quiet()
    tried = importer.get(path)
    assert tried.json()["state"] == "checked"
    assert {name: tried.json()["checked"][name] for name in ("new", "bad")} == {"new": 2, "bad": 1}
    assert Customer.objects.count() == 0
    assert importer.get(path, if_none_match=tried["ETag"]).status_code == 304
    assert importer.post(f"{path}/start").json()["state"] == "loading"
    run_until_quiet()
    done = importer.get(path).json()
    assert (done["state"], done["rows_done"], done["rows_total"], done["has_problems"]) == ("done", 3, 3, True)
    assert Customer.objects.count() == 2
    (issue,) = importer.get(f"{path}/issues", accept_language="en").json()["items"]
    assert (issue["row"], issue["kind"], issue["column"]) == (4, "bad", "phone")
    assert issue["words"] == "Phone number too short"
    wrong = importer.get(f"{path}/problems/content", accept_language="en")
    rows = list(csv.reader(io.StringIO(wrong.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["Name", "Mobile"], ["'=Bad", "123"]]
    assert importer.post(f"{path}/undo").json()["state"] == "undoing"
    run_until_quiet()
    assert (importer.get(path).json()["state"], Customer.objects.count()) == ("undone", 0)
    assert [one["id"] for one in importer.get("/imports").json()["items"]] == [shown["id"]]


def test_mapping_is_said_with_the_file_or_afterwards_or_taken_from_one_that_was_kept(importer):
    odd = [["A", "B"], ["Karim", "01100000702"]]
    made = bring(importer, odd, mapping=json.dumps({"0": "name", "1": "phone"}), known="skip")
    assert made.status_code == 201, made.content
    assert (made.json()["mapping"], made.json()["known"]) == ({"0": "name", "1": "phone"}, "skip")
    (saved,) = importer.get("/imports/mappings").json()["items"]
    assert saved["columns"] == {"a": "name", "b": "phone"}
    # Other headings besides: the kept mapping speaks for those it knows.
    other = bring(importer, [["B", "C", "A"], ["01100000703", "x", "Salma"]], saved_mapping_id=saved["id"])
    assert (other.json()["mapping"], other.json()["known"]) == ({"0": "phone", "2": "name"}, "skip")
    path = other["Location"].removeprefix("/api/v1")
    said = importer.post(f"{path}/mapping", {"mapping": {"0": "phone", "1": "note", "2": "name"}, "shared": "separate"})
    assert (said.json()["mapping"]["1"], said.json()["shared"]) == ("note", "separate")
    codes = [one["code"] for one in importer.get("/imports/columns").json()["items"][0]["columns"]]
    assert {"name", "phone", "note"} <= set(codes)


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"mapping": "{"}, 422, "invalid_input"), ({"mapping": '{"0": "soul"}'}, 422, "unknown_column"),
        ({"mapping": '{"7": "name"}'}, 422, "invalid_input"), ({"mapping": '{"x": "name"}'}, 422, "invalid_input"),
        ({"mapping": '{"0": "name", "1": "name"}'}, 422, "column_twice"), ({"target": "souls"}, 422, "invalid_input"),
        ({"known": "burn"}, 422, "invalid_input"), ({"saved_mapping_id": "999999"}, 404, "not_found"),
        ({"branch_id": "999999"}, 404, "not_found"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_nothing_is_kept(importer, is_problem, values, status, code):
    is_problem(bring(importer, **values), status, code)
    assert not ImportRun.objects.exists()
    assert not SavedMapping.objects.exists()


def test_file_that_is_none_is_refused(importer, is_problem):
    broken = SimpleUploadedFile("x.xlsx", b"PK\x03\x04broken")
    is_problem(importer.upload("/imports", file=broken), 422, "bad_workbook")
    assert not ImportRun.objects.exists()


def test_step_that_does_not_fit_the_state_is_refused_and_changes_nothing(importer, is_problem, digest):
    path = bring(importer)["Location"].removeprefix("/api/v1")
    before = digest()
    is_problem(importer.post(f"{path}/stop"), 409, "not_running")
    is_problem(importer.post(f"{path}/undo"), 409, "import_begun")
    assert digest() == before
    importer.post(f"{path}/start")
    is_problem(importer.post(f"{path}/start"), 409, "import_begun")
    is_problem(importer.post(f"{path}/mapping", {"known": "skip"}), 409, "import_begun")
    stopped = importer.post(f"{path}/stop")
    assert (stopped.json()["state"], stopped.json()["stop_asked"]) == ("loading", True)
    run_until_quiet()
    assert (importer.get(path).json()["state"], Customer.objects.count()) == ("cancelled", 0)


def test_another_persons_import_answers_as_none(importer, shop, key, is_problem, digest, owner_key):
    path = bring(importer)["Location"].removeprefix("/api/v1")
    role = User.objects.get(username="importer").role
    other = key(make_user("other", branch=shop.branch, role=role), RIGHTS)
    before = digest()
    for answer in (
        other.get(path), other.get(f"{path}/issues"), other.get(f"{path}/problems/content"),
        other.post(f"{path}/start"), other.post(f"{path}/mapping", {"known": "skip"}),
    ):  # fmt: skip
        assert answer.content == other.get("/imports/999999").content
        is_problem(answer, 404, "not_found")
    assert digest() == before
    assert other.get("/imports").json()["items"] == []
    # Who sees the whole house sees everybody's.
    assert owner_key.get(path).status_code == 200


def test_key_without_a_scope_is_refused(shop, key, is_problem):
    user = make_user("narrow", branch=shop.branch, role=make_role("n", level=1, scope="branch", permissions=RIGHTS))
    is_problem(bring(key(user, ["customer.view", "customer.edit"])), 403, "scope_missing")
    is_problem(bring(key(user, ["customer.view", "customer.import"])), 403, "scope_missing")
    # A role that sees private fields masked may not import, whatever its key says.
    rights = [right for right in RIGHTS if right != "customer.see_private"]
    blind = make_user("blind", branch=shop.branch, role=make_role("b", level=1, scope="branch", permissions=rights))
    is_problem(bring(key(blind, rights)), 403, "may_not_import")
    assert not ImportRun.objects.exists()


def test_more_imports_at_work_than_allowed_are_refused_in_words(importer, is_problem, monkeypatch):
    monkeypatch.setattr(limits, "MOST_IMPORTS", 1)
    first, second = (bring(importer)["Location"].removeprefix("/api/v1") for _ in range(2))
    importer.post(f"{first}/check")
    said = is_problem(importer.post(f"{second}/start", accept_language="en"), 409, "too_many_imports")
    assert said["title"].startswith("1 of your imports are at work")
    assert importer.get(second).json()["state"] == "uploaded"
    run_until_quiet()
    assert importer.post(f"{second}/start").status_code == 200


def test_list_after_list_without_importing_one_is_refused(importer, is_problem, monkeypatch):
    monkeypatch.setattr(limits, "MOST_LISTS", 2)
    assert [bring(importer).status_code for _ in range(2)] == [201, 201]
    is_problem(bring(importer), 409, "too_many_lists")
    assert ImportRun.objects.count() == 2


def test_pages_of_imports_turn_and_ask_no_more_for_more_rows(importer, django_assert_num_queries, shop):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for wanted in (1, 4):
        while ImportRun.objects.count() < wanted:
            bring(importer)
        with CaptureQueriesContext(connection) as caught:
            listed = importer.get("/imports").json()
        counts.append(len(caught))
        assert len(listed["items"]) == wanted
    assert counts[0] == counts[1]
    page = importer.get("/imports?limit=3").json()
    rest = importer.get(f"/imports?limit=3&cursor={page['next']}").json()
    ids = [one["id"] for one in page["items"] + rest["items"]]
    assert ids == sorted(ImportRun.objects.values_list("pk", flat=True), reverse=True)
