"""Consents, stops and requests about data by the API."""

from datetime import timedelta

import pytest

from halkhata.foundation.core.clock import now
from halkhata.records.privacy.models import ConsentEvent, DataRequest, DoNotContact
from halkhata.records.privacy.services.consents import publish_wording
from halkhata.records.privacy.services.contacting import may_contact

YES = {"purpose": "marketing", "channel": "sms", "act": "granted", "source": "paper", "proof": "Form 17"}


def test_yes_and_no_are_written_and_read_again(key, here):
    api = key()
    path = f"/customers/{here.customer.pk}/consents"
    made = api.post(path, YES)
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in ("act", "wording", "source", "proof")} == {
        "act": "granted", "wording": 1, "source": "paper", "proof": "Form 17",
    }  # fmt: skip
    assert may_contact(here.customer, "marketing", "sms")
    # The same once more adds no line.
    again = api.post(path, YES)
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    no = api.post(path, {"purpose": "marketing", "channel": "sms", "act": "withdrawn"})
    assert (no.status_code, no.json()["wording"], no.json()["source"]) == (201, None, "api")
    assert not may_contact(here.customer, "marketing", "sms")
    page = api.get(f"{path}?limit=1").json()
    assert [one["act"] for one in page["items"]] == ["withdrawn"]
    assert [one["act"] for one in api.get(f"{path}?limit=1&cursor={page['next']}").json()["items"]] == ["granted"]
    rows = api.get(f"{path}/standing").json()["items"]
    stands = {(one["purpose"], one["channel"]): one["state"] for one in rows}
    assert (len(stands), stands["marketing", "sms"], stands["survey", "sms"]) == (16, "withdrawn", "none")
    road = f"/customers/{here.customer.pk}/contactable?purpose=marketing&channel=sms"
    told = api.get(road, accept_language="en").json()
    assert told == {"may": False, "refusal": "stopped", "words": "Nothing may go to this number or address"}
    assert api.get(f"/customers/{here.customer.pk}/contactable").json()["may"] is True


def test_yes_by_mail_waits_for_its_confirmation(key, here):
    made = key().post(f"/customers/{here.customer.pk}/consents", {**YES, "channel": "email"})
    assert made.json()["act"] == "asked"


def test_yes_names_the_words_it_was_given_to(key, here, shop, is_problem):
    for number in (1, 2):
        publish_wording(actor=shop.owner, purpose="marketing", text_bn=f"কথা {number}", text_en=f"Words {number}")
    api = key()
    path = f"/customers/{here.customer.pk}/consents"
    assert api.post(path, {**YES, "wording": 1}).json()["wording"] == 1
    assert api.post(path, YES).json()["wording"] == 2
    is_problem(api.post(path, {**YES, "wording": 9}), 422, "unknown_wording")
    words = api.get("/consent-wordings").json()["items"]
    assert [(one["number"], one["text_en"]) for one in words] == [(2, "Words 2"), (1, "Words 1")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": "service"}, "invalid_input"), ({"channel": "pigeon"}, "invalid_input"),
        ({"act": "asked"}, "invalid_input"), ({"source": "link"}, "invalid_input"),
        ({"at": (now() + timedelta(days=1)).isoformat()}, "in_future"), ({"who": "x"}, "invalid_input"),
    ],
)  # fmt: skip
def test_act_that_there_is_none_of_is_refused(key, here, is_problem, change, code):
    is_problem(key().post(f"/customers/{here.customer.pk}/consents", {**YES, **change}), 422, code)
    assert not ConsentEvent.objects.exists()


def test_act_of_last_week_is_written_for_last_week(key, here):
    at = now() - timedelta(days=7)
    made = key().post(f"/customers/{here.customer.pk}/consents", {**YES, "at": at.isoformat()}).json()
    assert made["at"][:16] == at.isoformat()[:16]
    assert made["written_at"] > made["at"]


def test_foreign_customer_and_missing_scope_are_refused(key, shop, here, elsewhere, is_problem, digest):
    api, blind = key(), key(shop.agent, ["customer.view"])
    before = digest()
    is_problem(api.post(f"/customers/{elsewhere.customer.pk}/consents", YES), 404, "not_found")
    is_problem(blind.post(f"/customers/{here.customer.pk}/consents", YES), 403, "scope_missing")
    is_problem(blind.get(f"/customers/{here.customer.pk}/consents"), 403, "scope_missing")
    is_problem(api.get(f"/customers/{here.customer.pk}/stops"), 403, "scope_missing")
    is_problem(api.post("/data-requests", {"kind": "access"}), 403, "scope_missing")
    assert digest() == before


def test_number_is_stopped_and_the_stop_lifted(owner_key, here, elsewhere, is_problem):
    path = f"/customers/{here.customer.pk}/stops"
    phone = here.customer.contact_points.get(kind="phone")
    assert owner_key.get(path).json() == {"items": []}
    stopped = owner_key.post(path, {"point_id": phone.pk, "purposes": ["survey"], "channel": "sms"})
    assert stopped.status_code == 200, stopped.content
    (one,) = stopped.json()["items"]
    assert (one["point_id"], one["purpose"], one["channel"], one["reason"], one["source"]) == (
        phone.pk, "survey", "sms", "objection", "api",
    )  # fmt: skip
    assert not may_contact(here.customer, "survey", "sms")
    assert may_contact(here.customer, "survey", "phone")
    owner_key.post(path, {"point_id": phone.pk, "reason": "wrong"})
    assert not may_contact(here.customer, "service", "phone")
    assert {one["purpose"] for one in owner_key.get(path).json()["items"]} == {"survey", ""}
    foreign = elsewhere.customer.contact_points.get()
    is_problem(owner_key.post(path, {"point_id": foreign.pk}), 404, "not_found")
    is_problem(owner_key.post(f"{path}/lifting", {"point_id": phone.pk, "how": " "}), 422, "no_reason")
    assert DoNotContact.objects.filter(lifted_at__isnull=True).count() == 2
    lifted = owner_key.post(f"{path}/lifting", {"point_id": phone.pk, "how": "She came to the counter"})
    assert lifted.json() == {"items": []}
    assert may_contact(here.customer, "survey", "sms")


def test_request_about_data_is_opened_once_per_key_and_read(owner_key, here, is_problem):
    body = {"kind": "objection", "customer_id": here.customer.pk, "identity_check": "Called back", "what": "No offers"}
    made = owner_key.post("/data-requests", body, idempotency_key="r-1")
    assert made.status_code == 201, made.content
    owner_key.post("/data-requests", body, idempotency_key="r-1")
    row = DataRequest.objects.get()
    assert made["Location"] == f"/api/v1/data-requests/{row.number}"
    shown = owner_key.get(f"/data-requests/{row.number}")
    assert (shown.json()["state"], shown.json()["received_how"], shown.json()["what"]) == ("open", "api", "No offers")
    assert (row.due_at - row.received_at).days in range(28, 32)
    assert not may_contact(here.customer, "survey", "sms")
    listed = owner_key.get(f"/data-requests?state=open&customer_id={here.customer.pk}&order=due_at").json()["items"]
    assert [one["number"] for one in listed] == [row.number]
    assert owner_key.get("/data-requests?state=done").json()["items"] == []
    is_problem(owner_key.get("/data-requests/P-999999"), 404, "not_found")
    is_problem(owner_key.post("/data-requests", {**body, "kind": "gift"}), 422, "invalid_input")
    is_problem(owner_key.post("/data-requests", {**body, "customer_id": 999999}), 404, "not_found")


def test_somebody_who_does_not_see_the_whole_house_answers_for_nobodys_data(key, shop, here, is_problem, digest):
    shop.agent.role.permissions = [*shop.agent.role.permissions, "privacy.manage"]
    shop.agent.role.save()
    api = key(shop.agent, ["privacy.manage", "customer.view"])
    before = digest()
    is_problem(api.get("/data-requests"), 403, "permission_refused")
    is_problem(api.get(f"/customers/{here.customer.pk}/stops"), 403, "permission_refused")
    assert digest() == before
