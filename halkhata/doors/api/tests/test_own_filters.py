"""Lists of the API narrowed by the shop's own fields and by tags."""

import pytest

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.records.customers.services.customers import create_customer

RIGHTS = ["customer.view", "ticket.view"]


@pytest.fixture
def records(shop):
    for target in ("customer", "ticket"):
        save_definition(
            actor=shop.owner, target=target, code="roof", kind="choice", name_en="Roof",
            options=[("টিন", "Tin"), ("ছাদ", "Flat")],
        )  # fmt: skip
        save_definition(actor=shop.owner, target=target, code="card", kind="text", name_en="Card", is_private=True)
    for name, roof, tags, number in (("Rahim", "tin", ["Dealer"], 1), ("Karim", "flat", [], 2)):
        customer = create_customer(
            actor=shop.agent, name_en=name, phones=[f"0110000080{number}"], custom={"roof": roof, "card": "7"},
            tags=tags,
        )  # fmt: skip
        open_ticket(
            actor=shop.agent, subject=name, customer=customer, channel="phone", branch=shop.branch, owner=shop.agent,
            custom={"roof": roof}, tags=tags,
        )  # fmt: skip


@pytest.mark.parametrize(("path", "name"), [("/customers", "name_en"), ("/tickets", "subject")])
def test_lists_are_narrowed_by_value_and_tag_and_paged(key, records, path, name):
    api = key()

    def found(query):
        answer = api.get(f"{path}?{query}")
        assert answer.status_code == 200, answer.content
        return [one[name] for one in answer.json()["items"]]

    assert sorted(found("")) == ["Karim", "Rahim"]
    for query in ("custom=roof:tin", "custom=roof:টিন", "tag=dealer", "tag=%23DEALER", "custom=roof:tin&tag=dealer"):
        assert found(query) == ["Rahim"], query
    assert found("custom=roof:straw") == found("tag=nobody") == found("custom=roof:flat&tag=dealer") == []


def test_what_the_key_may_not_ask_is_refused(shop, key, records, is_problem):
    api = key(shop.agent, RIGHTS)
    for custom in ("card:7", "nothing:1", "roof:", "roof"):
        is_problem(api.get(f"/customers?custom={custom}"), 422, "invalid_input")
    is_problem(api.get("/customers?q=Rahim&custom=roof:tin"), 422, "invalid_input")
