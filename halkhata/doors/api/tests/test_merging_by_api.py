"""Merging, splitting and hanging together by the API."""

import json

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.foundation.core.clock import now


@pytest.fixture
def other(here, shop):
    return open_ticket(
        actor=shop.agent, subject="The same again", customer=here.ticket.customer, channel="phone", branch=shop.branch
    )


def test_two_become_one_and_two_again(key, here, other, is_problem):
    api = key()
    path = f"/tickets/{other.number}"
    is_problem(api.post(f"{path}/merge", {"into": "K-9999"}), 404, "not_found")
    merged = api.post(f"{path}/merge", {"into": here.ticket.number})
    assert (merged.status_code, merged.json()["number"]) == (200, here.ticket.number), merged.content
    shown = api.get(path).json()
    assert (shown["state"], shown["merged_into_id"]) == ("merged", here.ticket.pk)
    is_problem(api.post(f"{path}/replies", {"text": "x"}), 409, "merged")
    is_problem(api.post(f"{path}/merge", {"into": here.ticket.number}), 409, "merged")
    back = api.post(f"{path}/unmerge")
    assert (back.status_code, back.json()["merged_into_id"]) == (200, None), back.content
    is_problem(api.post(f"{path}/unmerge"), 409, "not_merged")


def test_same_key_merges_once_and_a_stale_version_not_at_all(key, here, other, is_problem):
    api = key()
    path = f"/tickets/{other.number}/merge"
    is_problem(api.post(path, {"into": here.ticket.number}, if_match='"99"'), 412, "stale")
    answers = [
        api.post(path, {"into": here.ticket.number}, idempotency_key="7d2c0f0e-0000-4000-8000-000000000001").content
        for _press in range(2)
    ]
    assert json.loads(answers[0]) == json.loads(answers[1])


def test_messages_are_split_off_and_tickets_hung_under_one(key, here, other, is_problem):
    api = key()
    for text in ("first", "second"):
        message = add_customer_message(
            actor=None,
            item=Ticket.objects.get(pk=other.pk),
            channel="phone",
            text=text,
            at=now(),
            is_first=text == "first",
        )
    new = api.post(f"/tickets/{other.number}/split", {"message_ids": [message.pk], "subject": "The second"})
    assert new.status_code == 201, new.content
    assert new.headers["Location"].endswith(new.json()["number"])
    assert [one["text"] for one in api.get(f"/tickets/{new.json()['number']}/messages").json()["items"]] == ["second"]
    under = api.post(f"/tickets/{other.number}/parent", {"parent": here.ticket.number})
    assert under.json()["parent_id"] == here.ticket.pk
    is_problem(api.post(f"/tickets/{here.ticket.number}/parent", {"parent": other.number}), 409, "parent_is_child")
    assert api.post(f"/tickets/{other.number}/parent", {"parent": None}).json()["parent_id"] is None
