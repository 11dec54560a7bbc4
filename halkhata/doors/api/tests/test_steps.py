"""A ticket's whole life by the API alone."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from halkhata.desks.tickets.models import Resolution
from halkhata.doors.api.jobs import prune_api
from halkhata.doors.api.models import Upload
from halkhata.engines.messaging.models import Delivery
from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.files.models import StoredFile


def test_ticket_is_worked_on_resolved_told_reopened_and_closed(key, here, shop, is_problem):
    api = key(shop.lead)
    path = f"/tickets/{here.ticket.number}"
    assert api.post(f"{path}/assignment", {"owner_id": shop.agent2.pk}).json()["owner_id"] == shop.agent2.pk
    reply = api.post(f"{path}/replies", {"text": "We are looking at it.", "next_state": "waiting_customer"})
    assert (reply.status_code, reply.json()["direction"]) == (201, "out"), reply.content
    assert Delivery.objects.count() == 1
    assert api.get(path).json()["state"] == "waiting_customer"
    called = api.post(f"{path}/calls", {"outbound": False, "answered": True, "text": "It is warm again"})
    assert called.json()["direction"] == "in"
    assert api.get(path).json()["state"] == "open"
    note = api.post(f"{path}/notes", {"text": "Ask the workshop"})
    assert note.json()["direction"] == "note"
    assert [one["text"] for one in api.get(f"{path}/notes").json()["items"]] == ["Ask the workshop"]
    kinds = [one["direction"] for one in api.get(f"{path}/messages").json()["items"]]
    assert kinds == ["out", "in", "note"]
    one = api.get(f"{path}/messages/{note.json()['id']}")
    assert one.json() == note.json()
    is_problem(api.post(f"{path}/closing"), 409, "not_resolved")
    solved = api.post(f"{path}/resolution", {"root_cause": "product_defect", "action": "New thermostat",
                                             "remedy": "repaired"})  # fmt: skip
    assert solved.status_code == 201, solved.content
    assert solved.json()["ticket"]["state"] == "resolved"
    is_problem(api.post(f"{path}/closing"), 422, "not_told")
    assert api.post(f"{path}/reopening").json()["state"] == "open"
    solved = api.post(f"{path}/resolution", {"root_cause": "product_defect", "action": "New thermostat",
                                             "remedy": "repaired"})  # fmt: skip
    told = api.post(f"{path}/resolution/told", {"told_at": now().isoformat(), "told_how": "phone"})
    assert (told.status_code, told.json()["told_how"]) == (200, "phone"), told.content
    assert api.post(f"{path}/closing").json()["state"] == "closed"
    is_problem(api.post(f"{path}/reopening"), 409, "not_resolved")
    is_problem(api.patch(path, {"subject": "x"}, if_match="*"), 409, "closed")
    assert Resolution.objects.count() == 2


def test_step_that_the_state_machine_does_not_have_is_409(key, here, is_problem):
    body = is_problem(key().post(f"/tickets/{here.ticket.number}/resolution/told",
                                 {"told_at": now().isoformat(), "told_how": "phone"}), 409, "not_resolved")  # fmt: skip
    assert body["title"] == "আগে টিকিটের সমাধান লিখুন।"  # nobody asked for English


def test_survey_links_are_not_for_programs_of_staff(key, here):
    from halkhata.engines.messaging.models import Message

    api = key()
    api.post(f"/tickets/{here.ticket.number}/notes", {"text": "x"})
    Message.objects.update(text="Please answer https://crm.example.com/c/s/abcdefghijklmnopqrstuvwx/")
    text = api.get(f"/tickets/{here.ticket.number}/messages").json()["items"][0]["text"]
    assert "abcdefgh" not in text


# ---------------------------------------------------------------- contact points
def test_contact_points_are_added_ordered_and_removed(key, here, is_problem):
    api = key()
    path = f"/customers/{here.customer.pk}/contact-points"
    made = api.post(path, {"kind": "phone", "typed": "01100-555555", "label": "wife"})
    assert (made.status_code, made.json()["value"]) == (201, "+8801100555555"), made.content
    point = f"{path}/{made.json()['id']}"
    assert made["Location"] == f"/api/v1{point}"
    assert api.get(point).json() == made.json()
    assert api.post(f"{point}/primary").json()["is_primary"] is True
    is_problem(api.post(path, {"kind": "phone", "typed": "01100555555"}), 422, "contact_known")
    is_problem(api.post(path, {"kind": "phone", "typed": "hello"}), 422)
    assert api.delete(point).status_code == 204
    is_problem(api.get(point), 404, "not_found")
    assert len(api.get(path).json()["items"]) == 2


def test_contact_point_of_another_customer_is_not_under_this_one(key, here, shop, is_problem, digest):
    from halkhata.records.customers.services.customers import create_customer

    other = create_customer(actor=shop.agent, name_en="Other", phones=["01100777777"])
    point = other.contact_points.get()
    api = key()
    before = digest()
    for call in (api.get, api.delete):
        is_problem(call(f"/customers/{here.customer.pk}/contact-points/{point.pk}"), 404, "not_found")
    assert digest() == before


# ---------------------------------------------------------------- files
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)


def a_file(name="photo.png", data=PNG):
    return SimpleUploadedFile(name, data)


def test_file_goes_up_onto_a_note_and_comes_down_the_same(key, here, shop):
    api = key()
    up = api.upload("/files", file=a_file("../../ছবি.png"))
    assert (up.status_code, up.json()["name"]) == (201, "ছবি.png"), up.content
    assert up["Location"] == f"/api/v1/files/{up.json()['id']}"
    note = api.post(f"/tickets/{here.ticket.number}/notes", {"text": "See", "file_ids": [up.json()["id"]]})
    assert [one["id"] for one in note.json()["files"]] == [up.json()["id"]]
    assert Upload.objects.count() == 0
    down = api.get(f"/files/{up.json()['id']}/content")
    assert down.content == PNG
    assert down["Content-Disposition"].startswith("attachment")
    assert (down["X-Content-Type-Options"], down["Cache-Control"]) == ("nosniff", "no-store, private")
    assert "sandbox" in down["Content-Security-Policy"]
    assert key(shop.agent2).get(f"/files/{up.json()['id']}").status_code == 200  # who sees the ticket sees its files


def test_file_is_put_on_a_ticket_in_one_call(key, here):
    api = key()
    up = api.upload(f"/tickets/{here.ticket.number}/files", file=a_file(), text="The photo")
    assert up.status_code == 201, up.content
    assert [one["id"] for one in api.get(f"/tickets/{here.ticket.number}/files").json()["items"]] == [up.json()["id"]]
    assert api.get(f"/tickets/{here.ticket.number}/notes").json()["items"][0]["text"] == "The photo"


def test_waiting_file_is_its_senders_alone_and_used_once(key, here, shop, is_problem):
    mine, other = key(), key(shop.agent2)
    file_id = mine.upload("/files", file=a_file()).json()["id"]
    assert mine.get(f"/files/{file_id}").status_code == 200
    for path in (f"/files/{file_id}", f"/files/{file_id}/content"):
        is_problem(other.get(path), 404, "not_found")
    body = {"text": "x", "file_ids": [file_id]}
    is_problem(other.post(f"/tickets/{here.ticket.number}/notes", body), 404, "not_found")
    assert mine.post(f"/tickets/{here.ticket.number}/notes", body).status_code == 201
    is_problem(mine.post(f"/tickets/{here.ticket.number}/notes", body), 404, "not_found")


def test_page_hidden_in_a_file_comes_down_as_bytes(key, here):
    api = key()
    up = api.upload("/files", file=a_file("page.png", b"<html><script>alert(1)</script>"))
    down = api.get(f"/files/{up.json()['id']}/content")
    assert down["Content-Type"] == "application/octet-stream"


def test_unused_file_goes_after_a_day(key):
    api = key()
    api.upload("/files", file=a_file())
    with moved_to(now() + timedelta(hours=25)):
        prune_api.func()
    assert (Upload.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_repeated_upload_with_a_key_stores_one_file(key, here):
    api = key()
    path = f"/tickets/{here.ticket.number}/files"
    first, second = (api.upload(path, file=a_file(), text="x", headers={"idempotency_key": "up"}) for _try in range(2))
    assert first.content == second.content
    assert StoredFile.objects.count() == 1
    other = api.upload(path, file=a_file(data=PNG + b"x"), text="x", headers={"idempotency_key": "up"})
    assert json.loads(other.content)["code"] == "idempotency_key_reused"


def test_empty_and_missing_file(key, is_problem):
    api = key()
    is_problem(api.upload("/files", file=a_file(data=b"")), 422, "file_empty")
    is_problem(api.upload("/files", text="x"), 422, "invalid_input")


# ---------------------------------------------------------------- errors
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/nothing-here", 404, "not_found"),
        ("get", "/api/v2/tickets", 404, "not_found"),
        ("get", "/api/", 404, "not_found"),
        ("post", "/api/v1/tickets/K-1/nothing", 404, "not_found"),
        ("delete", "/api/v1/tickets", 405, "method_not_allowed"),
        ("put", "/api/v1/tickets/K-1", 405, "method_not_allowed"),
        ("options", "/api/v1/tickets", 405, "method_not_allowed"),
    ],
)
def test_no_such_address_or_method_is_a_problem_document(db, shop, is_problem, method, path, status, code):
    answer = getattr(Client(), method)(path)
    is_problem(answer, status, code)
    if status == 405:
        assert set(answer["Allow"].split(", ")) <= {"GET", "POST", "PATCH", "DELETE"}


def test_wrong_types_and_sizes_of_bodies(shop, is_problem, settings):
    raw = create_token(actor=shop.agent, name="x", scopes=["ticket.create", "ticket.note"])[1]
    client = Client(headers={"authorization": f"Bearer {raw}"})
    is_problem(client.post("/api/v1/tickets", "a=1", content_type="text/plain"), 415, "wrong_content_type")
    is_problem(client.post("/api/v1/tickets", {"subject": "x"}), 415, "wrong_content_type")
    is_problem(client.post("/api/v1/files", "{}", content_type="application/json"), 415, "wrong_content_type")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    is_problem(
        client.post("/api/v1/tickets", json.dumps({"subject": "x" * 200}), content_type="application/json"),
        413, "too_large",
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [b"{broken", b"\xff\xfe", b'{"subject": NaN}', b'{"subject": "a", "subject": "b"}', b'{"subject": "\\ud800"}',
     b"[" * 100_000, b'{"impact": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_bodies_that_are_no_json_are_400(shop, is_problem, body):
    raw = create_token(actor=shop.agent, name="x", scopes=["ticket.create"])[1]
    client = Client(headers={"authorization": f"Bearer {raw}"})
    is_problem(client.post("/api/v1/tickets", body, content_type="application/json"), 400, "bad_request")


def test_titles_follow_accept_language(db, shop):
    titles = {
        language: Client().get("/api/v1/tickets", headers={"accept-language": language}).json()["title"]
        for language in ("en", "bn")
    }
    assert titles["en"] == "Send a valid key: Authorization: Bearer …"


def test_our_own_mistake_is_a_problem_without_its_trace(key, monkeypatch, is_problem):
    from halkhata.doors.api.resources import categories

    def broken(*args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(categories, "category_out", broken)
    api = key()
    api.client.raise_request_exception = False
    from halkhata.desks.tickets.models import Category

    Category.objects.create(code="x", name_en="X")
    answer = api.get("/categories")
    is_problem(answer, 500, "server_error")
    assert b"secret" not in answer.content


def test_database_that_is_away_is_503_with_a_time_to_wait(key, monkeypatch, is_problem):
    from django.db import OperationalError

    from halkhata.doors.api import auth

    def away(raw):
        raise OperationalError("could not connect")

    api = key()
    monkeypatch.setattr(auth, "authenticate_token", away)
    answer = api.get("/tickets")
    is_problem(answer, 503, "database_away")
    assert answer["Retry-After"] == "5"
