"""Webhooks set up by the API."""

import pytest

from halkhata.oversight.webhooks.models import WebhookDelivery


@pytest.fixture(autouse=True)
def _this_machine(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]


BODY = {"url": "http://127.0.0.1:59998/hook", "events": ["ticket.opened"], "description": "Stock"}


def test_endpoint_is_made_shown_changed_and_removed(owner_key, is_problem):
    made = owner_key.post("/webhooks", BODY, idempotency_key="w")
    assert made.status_code == 201, made.content
    assert made.json()["secret"].startswith("whsec_")
    assert owner_key.post("/webhooks", BODY, idempotency_key="w").json() == made.json()
    path = f"/webhooks/{made.json()['id']}"
    shown = owner_key.get(path)
    assert "secret" not in shown.json()
    assert [one["id"] for one in owner_key.get("/webhooks").json()["items"]] == [made.json()["id"]]
    is_problem(owner_key.patch(path, {"description": "x"}), 428, "if_match_missing")
    changed = owner_key.patch(path, {"description": "x", "is_active": False}, if_match=shown["ETag"])
    assert (changed.json()["description"], changed.json()["off_reason"]) == ("x", "person")
    fresh = owner_key.post(f"{path}/secret", if_match=changed["ETag"])
    assert fresh.json()["secret"] != made.json()["secret"]
    is_problem(owner_key.delete(path, if_match=shown["ETag"]), 412, "stale")
    assert owner_key.delete(path).status_code == 204
    is_problem(owner_key.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"url": "https://10.0.0.1/hook"}, "address_private"),
        ({"url": "https://169.254.169.254/latest/"}, "address_private"),
        ({"url": "http://93.184.215.14/hook"}, "address_scheme"),
        ({"url": "https://nowhere.invalid/hook"}, "address_unknown"),
        ({"events": []}, "invalid_input"),
        ({"events": ["no.such"]}, "invalid_input"),
        ({"owner_id": 1}, "invalid_input"),
        ({"secret": "whsec_x"}, "invalid_input"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_changes(owner_key, is_problem, digest, changed, code):
    before = digest()
    is_problem(owner_key.post("/webhooks", {**BODY, **changed}), 422, code)
    assert digest() == before


def test_calls_are_listed_and_sent_again(owner_key, shop, is_problem):
    from halkhata.desks.tickets.services.opening import open_ticket
    from halkhata.foundation.core import outbox

    path = f"/webhooks/{owner_key.post('/webhooks', BODY).json()['id']}"
    for _ticket in range(3):
        open_ticket(actor=shop.agent, subject="x", customer=None, channel="phone", branch=shop.branch)
    outbox.run_until_quiet()
    calls = owner_key.get(f"{path}/calls").json()["items"]
    assert [one["state"] for one in calls] == ["pending"] * 3
    one = f"{path}/calls/{calls[0]['id']}/again"
    is_problem(owner_key.post(one), 409, "not_given_up")
    WebhookDelivery.objects.update(state="dead", finished_at="2026-11-22T10:00:00Z")
    assert len(owner_key.get(f"{path}/calls?state=dead").json()["items"]) == 3
    assert owner_key.post(one).json()["state"] == "pending"
    assert owner_key.post(f"{path}/calls/again").json() == {"count": 2}
