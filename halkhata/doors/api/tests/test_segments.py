"""Segments by the API: made, counted, read, changed, explained, removed."""

import pytest

from halkhata.engines.segments.models import Segment
from halkhata.engines.segments.services.membership import build
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.records.customers.services.customers import create_customer

BENGALI = {"all": [{"field": "language", "op": "is", "value": "bn"}]}


@pytest.fixture
def people(shop):
    save_definition(actor=shop.owner, target="customer", code="card", kind="text", name_en="Card", is_private=True)
    return [
        create_customer(actor=shop.owner, name_en=name, phones=[phone], language=language, custom={"card": "7"})
        for name, phone, language in (
            ("Rahim", "01100000601", "bn"), ("Karim", "01100000602", "bn"), ("Salma", "01100000603", "en"),
        )
    ]  # fmt: skip


def test_segment_is_made_counted_read_changed_explained_and_removed(owner_key, people):
    rahim, karim, salma = people
    assert owner_key.post("/segments/count", {"conditions": BENGALI}).json() == {"count": 2}
    made = owner_key.post("/segments", {"name_en": "Bengali", "conditions": BENGALI})
    assert made.status_code == 201, made.content
    path = made["Location"].removeprefix("/api/v1")
    assert (made.json()["state"], made.json()["conditions"]) == ("building", BENGALI)
    run_until_quiet()
    shown = owner_key.get(path)
    assert (shown.json()["state"], shown.json()["member_count"]) == ("ready", 2)
    listed = owner_key.get(f"{path}/members?limit=1").json()
    assert [one["customer_id"] for one in listed["items"]] == [karim.pk]
    further = owner_key.get(f"{path}/members?limit=1&cursor={listed['next']}").json()
    assert [one["customer_id"] for one in further["items"]] == [rahim.pk]
    told = owner_key.get(f"{path}/members/{salma.pk}", accept_language="en").json()
    assert (told["is_member"], told["why"]["is_true"], told["why"]["nodes"][0]["is_true"]) == (False, False, False)
    assert told["why"]["nodes"][0]["words"] == "Language is: Bengali"
    english = {"field": "language", "op": "is", "value": "en"}
    assert owner_key.patch(path, {"conditions": english}).status_code == 428
    changed = owner_key.patch(path, {"conditions": english}, if_match=shown["ETag"])
    assert (changed.json()["name_en"], changed.json()["conditions"]) == ("Bengali", {"all": [english]})
    assert owner_key.patch(path, {"name_en": "Late"}, if_match=shown["ETag"]).status_code == 412
    assert [one["id"] for one in owner_key.get("/segments").json()["items"]] == [changed.json()["id"]]
    assert owner_key.delete(path).status_code == 204
    assert owner_key.get(path).status_code == 404
    run_until_quiet()
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ({}, "unknown_field"), ({"all": []}, "conditions_empty"), ({"field": "nobody", "op": "is"}, "unknown_field"),
        ({"field": "language", "op": "runs", "value": "1"}, "unknown_operator"), ({"all": "x"}, "conditions_wrong"),
        ({"field": "language", "op": "is", "value": {"sql": "1"}}, "not_text"),
    ],
)  # fmt: skip
def test_conditions_that_mean_nothing_are_refused_with_a_reason(owner_key, is_problem, conditions, code):
    is_problem(owner_key.post("/segments", {"name_en": "X", "conditions": conditions}), 422, code)
    is_problem(owner_key.post("/segments/count", {"conditions": conditions}), 422, code)
    assert not Segment.objects.exists()


def test_key_that_may_not_see_private_fields_neither_asks_nor_reads_them(shop, key, people):
    rights = ["customer.view", "report.view"]
    less = key(shop.owner, rights)
    more = key(shop.owner, [*rights, "customer.see_private"])
    secret = {"field": "own:card", "op": "is", "value": "7"}
    assert less.post("/segments/count", {"conditions": secret}).json()["code"] == "unknown_field"
    made = more.post("/segments", {"name_en": "S", "conditions": secret})
    path = made["Location"].removeprefix("/api/v1")
    build(made.json()["id"])
    assert less.get(path).json()["conditions"] is None
    assert more.get(path).json()["conditions"] == {"all": [secret]}
    why = less.get(f"{path}/members/{people[0].pk}", accept_language="en").json()["why"]
    assert why["nodes"] == [{"words": "Card •••", "is_true": None, "nodes": []}]
    offered = [one["code"] for one in less.get("/segments/fields").json()["items"]]
    assert "language" in offered
    assert "own:card" not in offered


def test_reach_of_the_key_narrows_members_and_counts(shop, key, people, elsewhere):
    role = shop.agent.role
    role.permissions = [*role.permissions, "report.view"]
    role.save(update_fields=["permissions"])
    shop.agent.refresh_from_db()
    api = key(shop.agent, ["customer.view", "report.view"])
    segment = Segment.objects.create(name_en="All", conditions={"any": [{"field": "language", "op": "filled"}]})
    build(segment.pk)
    ids = [one["customer_id"] for one in api.get(f"/segments/{segment.pk}/members").json()["items"]]
    assert elsewhere.customer.pk not in ids
    count = api.post("/segments/count", {"conditions": segment.conditions}).json()["count"]
    assert count == len(ids) < segment.members.count()
    assert api.get(f"/segments/{segment.pk}").json()["member_count"] is None
    assert api.get(f"/segments/{segment.pk}/members/{elsewhere.customer.pk}").status_code == 404
