"""Exactly the fields that may be set are set (B14, B88): the others are refused, whatever they are called."""

import pytest
from django.apps import apps

from halkhata.desks.tickets.models import Ticket
from halkhata.doors.api.tests.test_scope import BODIES, fill, roads
from halkhata.records.customers.models import Customer

WITH_BODY = [(method, path, name) for method, path, name, _operation in roads() if name in BODIES]


@pytest.mark.parametrize(("method", "path", "name"), WITH_BODY)
def test_unknown_fields_are_refused_and_nothing_changes(owner_key, shop, here, digest, is_problem, method, path, name):
    """Every column of every model under the house, posted beside a good body."""
    columns = {
        field.name
        for model in (apps.get_model("work.WorkItem"), Ticket, Customer, apps.get_model("webhooks.WebhookEndpoint"))
        for field in model._meta.concrete_fields
    } | {"is_admin", "permissions", "version", "password"}
    _method, _path, _name, operation = next(road for road in roads() if road[2] == name)
    (shape,) = [m for m in operation.models if m.__ninja_param_source__ == "body"]
    allowed = set(next(iter(shape.model_fields.values())).annotation.model_fields)
    address = fill(
        path, customer_id=here.customer.pk, number=here.ticket.number, webhook_id=1, point_id=1, message_id=1
    )
    before = digest()
    for column in sorted(columns - allowed):
        answer = (owner_key.patch if method == "PATCH" else owner_key.post)(
            address, {**BODIES[name], column: 1}, **({"if_match": "*"} if method == "PATCH" else {})
        )
        body = is_problem(answer, 422, "invalid_input")
        assert any(one["at"] == f"body.{column}" for one in body["errors"]), body
    assert digest() == before


def test_patch_changes_what_is_sent_and_nothing_else(key, here):
    api = key()
    path = f"/tickets/{here.ticket.number}"
    before = api.get(path)
    changed = api.patch(path, {"subject": "Freezer", "serial": " sn-7 ", "urgency": "high"}, if_match=before["ETag"])
    assert changed.status_code == 200, changed.content
    old, new = before.json(), changed.json()
    assert {name for name in new if new[name] != old[name]} == {
        "subject", "serial", "urgency", "priority", "updated_at", "version", "next_due_at",
    }  # fmt: skip
    assert (new["subject"], new["serial"], new["priority"]) == ("Freezer", "SN-7", "high")


def test_word_of_danger_in_a_changed_subject_makes_it_urgent(key, here):
    from halkhata.desks.tickets.models import SafetyWord

    SafetyWord.objects.get_or_create(word="fire")
    api = key()
    changed = api.patch(f"/tickets/{here.ticket.number}", {"subject": "Fire in the fridge"}, if_match="*")
    assert (changed.json()["priority"], changed.json()["safety_words"]) == ("urgent", ["fire"])


def test_patch_of_a_customer(key, here):
    api = key()
    path = f"/customers/{here.customer.pk}"
    changed = api.patch(path, {"name_en": "Other Person", "language": "en"}, if_match=api.get(path)["ETag"])
    assert (changed.json()["name_en"], changed.json()["language"]) == ("Other Person", "en")
    assert changed.json()["contacts"] == api.get(path).json()["contacts"]
