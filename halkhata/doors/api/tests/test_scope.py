"""Whose records: every road on a foreign and on an absent record answers alike, and nothing changes (B05, B08-B14)."""

import re

import pytest
from django.test import Client

from halkhata.doors.api.api import api as the_api
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.services.tokens import create_token

BODIES = {
    "add_customer": {"name_en": "x"},
    "change_customer": {"name_en": "x"},
    "merge_customer": {"into": 1},
    "add_point": {"kind": "phone", "typed": "01100777777"},
    "add_id_elsewhere": {"system": "courier", "value": "C-77"},
    "create_ticket": {"subject": "x"},
    "patch_ticket": {"subject": "x"},
    "set_state": {"state": "open"},
    "assign": {"owner_id": 1},
    "set_priority": {"priority": "high"},
    "log_call": {"outbound": True, "answered": True, "text": "x"},
    "resolve": {"root_cause": "misuse", "action": "x", "remedy": "explained"},
    "tell": {"told_at": "2026-11-01T10:00:00Z", "told_how": "phone"},
    "explain": {"reason": "staff_short"},
    "escalate": {"note": "x"},
    "reply": {"text": "x"},
    "merge": {"into": "K-1001"},
    "split": {"message_ids": [1], "subject": "x"},
    "put_under": {"parent": None},
    "add_note": {"text": "x"},
    "add_minutes": {"minutes": 5, "what": "x"},
    "add_segment": {"name_en": "x", "conditions": {"all": [{"field": "language", "op": "is", "value": "bn"}]}},
    "change_segment": {"name_en": "x"},
    "count_segment": {"conditions": {"all": [{"field": "language", "op": "is", "value": "bn"}]}},
    "add_message_text": {"code": "received", "language": "en", "subject": "x", "body": "x"},
    "change_message_text": {"subject": "x"},
    "bring_text_back": {},
    "refuse_text_proposal": {"answer": "x"},
    "add_webhook": {"url": "https://93.184.215.14/", "events": ["ticket.opened"]},
    "patch_webhook": {"description": "x"},
    "hand_on": {"to_customer_id": 1},
    "write_reading": {"value": 1},
    "add_purchase": {"customer_id": 1, "lines": [{"product_id": 1}]},
    "reverse_sale": {"reason": "x"},
    "add_dispute": {
        "customer_id": 1,
        "ground": "delay",
        "statement": "x",
        "wish": "repair",
        "cause_on": "2026-11-01",
    },
    "add_statement": {"party": "house", "text": "x"},
    "take_down": {"purchase_line_id": 1, "reason_code": "defect"},
    "return_approve": {},
    "return_reject": {"reason": "x"},
    "return_in_transit": {"carrier": "x"},
    "return_receive": {},
    "return_decide": {"result": "refund"},
    "return_settle": {},
    "return_advance": {},
    "return_deposit_back": {},
    "return_deposit_kept": {"reason": "x"},
    "return_more_days": {"until": "2026-12-01", "reason": "x"},
    "return_close": {},
    "return_withdraw": {},
    "take_in": {"unit_number": "U-1", "complaint": "x"},
    "add_claim": {"unit_number": "U-1"},
    "add_parcel": {"courier_id": 1, "number": "AB1234", "unit_number": "U-999999"},
    "add_parcel_event": {"event": "out", "happened_at": "2026-11-01T10:00:00Z"},
    "claim_submit": {},
    "claim_decide": {},
    "claim_credit": {"number": "x", "amount": "1", "on": "2026-01-02"},
    "claim_withdraw": {"reason": "x"},
    "job_step": {"state": "diagnosed"},
    "job_line": {"kind": "labour", "text": "x"},
    "job_estimate": {},
    "job_answer": {"approves": True, "how": "phone", "answered_by": "x"},
    "job_part": {"name": "x", "eta_on": "2026-12-01"},
    "job_cancel": {"reason": "mistake"},
    "job_handover": {"how": "signature", "taken_by": "x"},
    "add_consent": {"purpose": "marketing", "channel": "sms", "act": "withdrawn"},
    "add_contact_stop": {"point_id": 1},
    "lift_contact_stop": {"point_id": 1, "how": "x"},
    "open_data_request": {"kind": "access"},
    "add_export": {"format": "csv"},
    "map_import": {"known": "skip"},
    "choose_import_sheet": {"sheet": "x"},
    "reminder_call": {"result": "reached"},
    "add_booking": {"unit_number": "U-1", "complaint": "x", "wished_on": "2027-01-02", "key": "x"},
    "booking_confirm": {},
    "booking_decline": {"reason": "x"},
    "booking_missed": {},
    "booking_withdraw": {},
}


def roads():
    """Every road of the API as (method, path, operation id), found in the routers, not in a list."""
    return [
        (method, re.sub(r"{[^}:]+:", "{", f"{bound.prefix}{path}"), operation.view_func.__name__, operation)
        for bound in the_api._get_bound_routers()
        for path, view in bound.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]


ALL = [(method, path, name) for method, path, name, _operation in roads()]
ON_RECORDS = [
    road for road in ALL if re.search(r"{(customer_id|number|file_id|user_id|branch_id|team_id|webhook_id)}", road[1])
]


def call(api, method, path, name):
    address = f"/api/v1{path}"
    body = BODIES.get(name)
    headers = {"if-match": "*"}
    if name in {"upload", "add_file", "add_import"}:
        from django.core.files.uploadedfile import SimpleUploadedFile

        return api.client.post(address, {"file": SimpleUploadedFile("a.txt", b"words")}, headers=headers)
    if method == "GET":
        return api.client.get(address)
    return getattr(api.client, method.lower())(address, body or {}, content_type="application/json", headers=headers)


# What is read before the right is asked, because it must be there at all.
QUERIES = {"find_by_id_elsewhere": "?system=courier&value=1"}


def fill(path, **values):
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


@pytest.fixture
def both(here, elsewhere, shop):
    """Addresses of a foreign record and of none at all."""
    from halkhata.engines.segments.models import Segment
    from halkhata.foundation.files.services.storing import store_file
    from halkhata.oversight.webhooks.models import WebhookEndpoint

    hook = WebhookEndpoint.objects.create(owner=shop.owner, url="https://x.test/", secret="x", events=[])
    foreign_file = store_file(name="secret.txt", data=b"foreign")
    conditions = {"all": [{"field": "language", "op": "is", "value": "bn"}]}
    common = {
        "segment_id": Segment.objects.create(name_en="x", conditions=conditions).pk, "point_id": 1, "external_id": 1,
        "message_id": 1, "minutes_id": 1, "call_id": 1, "code": "view-999999",
    }  # fmt: skip
    foreign = {
        "customer_id": elsewhere.customer.pk, "number": elsewhere.ticket.number, "file_id": foreign_file.pk,
        "user_id": elsewhere.person.pk, "branch_id": elsewhere.branch.pk, "team_id": elsewhere.team.pk,
        "webhook_id": hook.pk, **common,
    }  # fmt: skip
    absent = {
        "customer_id": 999999, "number": "K-999999", "file_id": 999999, "user_id": 999999, "branch_id": 999999,
        "team_id": 999999, "webhook_id": 999999, **common,
    }  # fmt: skip
    return foreign, absent


def test_every_road_has_a_body_to_be_tried_with():
    """A new road that takes a body must be put into BODIES, or the walk below would test nothing of it."""
    without = {
        "remove_point",
        "make_first",
        "reopen",
        "close",
        "confirm",
        "unmerge",
        "unmerge_customer",
        "remove_id_elsewhere",
        "new_secret",
        "again_all",
        "take_back",
    }
    without |= {"again_one", "remove_webhook", "upload", "add_file", "remove_segment"}
    without |= {"approve_text_proposal", "withdraw_text_proposal"}
    without |= {"add_import", "check_import", "start_import", "stop_import", "undo_import"}
    unsafe = {name for method, _path, name in ALL if method != "GET"}
    assert unsafe == set(BODIES) | without
    assert len(ALL) > 45


@pytest.mark.parametrize(("method", "path", "name"), ON_RECORDS)
def test_foreign_and_absent_records_answer_alike_and_nothing_changes(
    key, shop, both, digest, is_problem, method, path, name
):
    role = shop.agent.role
    role.permissions = [
        *role.permissions, "webhook.edit", "ticket.assign", "training.edit", "work.escalate", "report.view",
        "return.view", "return.create", "return.approve", "return.receive", "return.decide",
        "unit.view", "unit.edit", "sale.record", "sale.reverse", "warranty.view",
        "job.view", "job.create", "job.edit", "job.deliver",
        "dispute.view", "dispute.open", "dispute.handle",
        "claim.view", "claim.edit", "claim.decide", "aftercare.view", "aftercare.call",
        "privacy.manage",
    ]  # fmt: skip
    role.save(update_fields=["permissions"])
    agent = User.objects.select_related("role", "branch").get(pk=shop.agent.pk)
    api = key(agent, list(role.permissions))
    foreign, absent = both
    before = digest()
    answers = [call(api, method, fill(path, **values), name) for values in (foreign, absent)]
    assert digest() == before
    for answer in answers:
        is_problem(answer, 404, "not_found")
    assert answers[0].content == answers[1].content


OPEN_TO_ANY_KEY = {
    "list_staff", "show_person", "list_branches", "show_branch", "list_teams", "show_team", "list_categories",
    "show_category",
}  # fmt: skip


@pytest.mark.parametrize(("method", "path", "name"), ALL)
def test_key_without_the_right_is_refused_and_nothing_changes(key, shop, here, digest, is_problem, method, path, name):
    """A key with one right that opens none of these roads: audit.view."""
    role = shop.agent.role
    role.permissions = [*role.permissions, "audit.view"]
    role.save(update_fields=["permissions"])
    agent = User.objects.select_related("role", "branch").get(pk=shop.agent.pk)
    api = key(agent, ["audit.view"])
    address = fill(
        path, customer_id=here.customer.pk, number=here.ticket.number, file_id=1, user_id=agent.pk,
        branch_id=shop.branch.pk, team_id=shop.team.pk, category_id=here.category.pk, webhook_id=1, point_id=1,
        message_id=1, call_id=1, minutes_id=1, answer_id=1, code="open", segment_id=1, external_id=1,
        import_id=1, export_id=1, request_number="P-1", reminder_id=1, text_id=1, version_number=1, proposal_id=1,
        parcel_id=1,
    )  # fmt: skip
    before = digest()
    answer = call(api, method, address + QUERIES.get(name, ""), name)
    assert digest() == before
    if name in OPEN_TO_ANY_KEY:
        assert answer.status_code == 200
    else:
        is_problem(answer, 403, "scope_missing")


@pytest.mark.parametrize(("method", "path", "name"), ALL)
def test_without_a_key_every_road_is_closed(db, shop, here, digest, is_problem, method, path, name):
    address = fill(
        path, customer_id=here.customer.pk, number=here.ticket.number, file_id=1, user_id=1, branch_id=1, team_id=1,
        category_id=1, webhook_id=1, point_id=1, message_id=1, call_id=1, minutes_id=1, answer_id=1, code="open",
        segment_id=1, external_id=1, import_id=1, export_id=1, request_number="P-1", reminder_id=1, text_id=1,
        version_number=1, proposal_id=1,
    )  # fmt: skip
    stranger = type("Nobody", (), {"client": Client()})()
    before = digest()
    is_problem(call(stranger, method, address, name), 401, "not_signed_in")
    assert digest() == before


def test_right_that_the_role_lost_is_lost_to_the_key_at_once(key, shop, is_problem):
    api = key()
    assert api.get("/tickets").status_code == 200
    shop.agent.role.permissions = ["customer.view"]
    shop.agent.role.save(update_fields=["permissions"])
    is_problem(api.get("/tickets"), 403, "scope_missing")


def test_user_who_is_switched_off_takes_the_keys_along(shop, is_problem, key):
    api = key()
    User.objects.filter(pk=shop.agent.pk).update(is_active=False)
    is_problem(api.get("/tickets"), 401, "not_signed_in")


def test_records_named_inside_a_body_must_be_in_reach_too(key, shop, here, elsewhere, digest, is_problem):
    """B14: what the body names is looked up inside the reach, never taken as it is."""
    api = key()
    before = digest()
    tried = [
        api.post("/tickets", {"subject": "x", "customer_id": elsewhere.customer.pk}),
        api.post("/tickets", {"subject": "x", "branch_id": elsewhere.branch.pk}),
        api.post("/tickets", {"subject": "x", "team_id": elsewhere.team.pk}),
        api.post("/customers", {"name_en": "x", "branch_id": elsewhere.branch.pk}),
        api.patch(f"/customers/{here.customer.pk}", {"branch_id": elsewhere.branch.pk}, if_match="*"),
        api.post(f"/customers/{here.customer.pk}/merge", {"into": elsewhere.customer.pk}, if_match="*"),
        api.post(f"/tickets/{here.ticket.number}/notes", {"text": "x", "file_ids": [999999]}),
    ]
    assert digest() == before
    assert {answer.content for answer in tried} == {tried[0].content}
    for answer in tried:
        is_problem(answer, 404, "not_found")


def test_lists_hold_nothing_of_another_branch(key, here, elsewhere):
    api = key()
    for path in (
        "/tickets",
        "/customers",
        "/customers?q=Hidden",
        "/queues/open/items",
        "/staff",
        "/branches",
        "/teams",
    ):
        answer = api.get(path)
        assert answer.status_code == 200
        assert "Hidden" not in answer.content.decode()
        ids = {(path, one["id"]) for one in answer.json()["items"]}
        for record in (elsewhere.ticket, elsewhere.customer, elsewhere.person, elsewhere.branch, elsewhere.team):
            name = type(record).__name__.lower()
            if name[:4] in path or (name == "user" and path == "/staff") or (name == "ticket" and "queue" in path):
                assert (path, record.pk) not in ids


def test_session_cookie_opens_nothing(client_as, shop, is_problem):
    is_problem(client_as(shop.owner).get("/api/v1/tickets"), 401, "not_signed_in")


def test_staff_are_shown_by_name_and_never_by_sign_in_or_address(key, shop):
    answer = key().get("/staff")
    assert set(answer.json()["items"][0]) == {
        "id", "name_bn", "name_en", "role", "branch_id", "team_ids", "is_active",
    }  # fmt: skip
    assert "example.com" not in answer.content.decode()


def test_key_cannot_be_made_to_hear_by_a_webhook_what_it_may_not_read(shop, is_problem, digest, settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    from halkhata.doors.api.tests.conftest import Api

    api = Api(create_token(actor=shop.owner, name="x", scopes=["webhook.edit", "customer.view"])[1])
    before = digest()
    is_problem(
        api.post("/webhooks", {"url": "http://127.0.0.1:9999/", "events": ["ticket.opened"]}), 403, "scope_missing"
    )
    assert digest() == before
