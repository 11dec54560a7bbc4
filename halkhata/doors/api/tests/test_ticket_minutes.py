"""By the API: minutes of work are listed, added and taken back."""

import pytest

from halkhata.engines.work.models import WorkMinutes

pytestmark = pytest.mark.django_db


def test_minutes_are_added_listed_and_taken_back(key, shop, here, is_problem):
    api = key(shop.agent)
    number = here.ticket.number
    assert api.get(f"/tickets/{number}/minutes").json() == {"total_minutes": 0, "items": []}
    added = api.post(f"/tickets/{number}/minutes", {"minutes": 25, "what": "Called", "worked_on": "2026-11-01"})
    assert added.status_code == 201, added.content
    line = added.json()["items"][0]
    assert (line["minutes"], line["what"], line["worked_on"], line["person_id"], line["takes_back"]) == (
        25, "Called", "2026-11-01", shop.agent.pk, None,
    )  # fmt: skip
    api.post(f"/tickets/{number}/minutes", {"minutes": 5, "what": "Wrote"})
    assert api.get(f"/tickets/{number}/stages").json()["written_minutes"] == 30
    back = api.post(f"/tickets/{number}/minutes/{line['id']}/reversal")
    assert back.status_code == 201, back.content
    assert (back.json()["total_minutes"], back.json()["items"][-1]["takes_back"]) == (5, line["id"])
    is_problem(api.post(f"/tickets/{number}/minutes/{line['id']}/reversal"), 409, "taken_back")
    assert WorkMinutes.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"minutes": 0, "what": "x"}, "invalid"),
        ({"minutes": 5, "what": ""}, "invalid"),
        ({"minutes": 5, "what": "x", "worked_on": "2999-01-01"}, "worked_in_future"),
        ({"minutes": 5, "what": "x", "person_id": 1}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused(key, shop, here, digest, body, code):
    api = key(shop.agent)
    before = digest()
    answer = api.post(f"/tickets/{here.ticket.number}/minutes", body)
    assert (answer.status_code, digest() == before) == (422, True)
    assert code in ("invalid", answer.json()["code"])


def test_key_without_the_scope_may_read_only(key, shop, here, is_problem):
    api = key(shop.agent, ["ticket.view"])
    address = f"/tickets/{here.ticket.number}/minutes"
    assert api.get(address).status_code == 200
    is_problem(api.post(address, {"minutes": 5, "what": "x"}), 403, "scope_missing")
