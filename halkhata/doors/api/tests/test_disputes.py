"""Disputes by the API."""

from typing import Any

from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.tests.conftest import decide, make_item, rows_digest, to_review
from halkhata.desks.disputes.tests.conftest import desk as desk  # noqa: PLC0414
from halkhata.desks.disputes.tests.conftest import linked as linked  # noqa: PLC0414
from halkhata.desks.disputes.tests.conftest import rahima as rahima  # noqa: PLC0414
from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.records.catalog.days import today

BASE = "/api/v1/disputes"


def _key(user: Any, *scopes: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {create_token(actor=user, name='test', scopes=list(scopes))[1]}"}


def _body(customer: Any, about: str) -> dict[str, Any]:
    return {
        "customer_id": customer.pk, "about": about, "ground": "delay", "statement": "Three weeks and nobody came",
        "wish": "repair", "cause_on": today().isoformat(),
    }  # fmt: skip


def test_dispute_is_opened_shown_added_to_and_its_decision_read(
    desk: Any, rahima: Any, linked: Any, client: Any
) -> None:
    key = _key(desk.officer, "dispute.view", "dispute.open", "dispute.handle")
    made = client.post(BASE, _body(rahima, linked.number), content_type="application/json", **key)
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert (made.json()["state"], made.json()["about"]) == ("opened", linked.number)
    again = client.post(BASE, _body(rahima, linked.number), content_type="application/json", **key)
    assert (again.status_code, again.json()["code"]) == (409, "disputed_already")
    line = client.post(
        f"{BASE}/{number}/evidence", {"party": "house", "text": "We called twice"}, content_type="application/json",
        **key,
    )  # fmt: skip
    assert (line.status_code, len(line.json()["sha256"])) == (201, 64)
    assert client.get(f"{BASE}/{number}/evidence", **key).json()["items"][-1]["text"] == "We called twice"
    dispute = Dispute.objects.get()
    to_review(desk, dispute)
    decide(desk, dispute)
    found = client.get(f"{BASE}/{number}/decisions", **key).json()["items"]
    assert [one["finding"] for one in found] == ["upheld"]
    late = client.post(
        f"{BASE}/{number}/evidence", {"party": "house", "text": "More"}, content_type="application/json", **key
    )
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    assert [one["number"] for one in client.get(BASE, **key).json()["items"]] == [number]


def test_key_without_the_right_and_foreign_reach_change_nothing(
    desk: Any, rahima: Any, linked: Any, client: Any
) -> None:
    from tests.support.fixtures_shop import make_user

    stranger = make_user("stranger", branch=desk.head, role=desk.roles["front_desk"])
    before = rows_digest()
    poor = _key(desk.officer, "dispute.view")
    body = _body(rahima, linked.number)
    before = rows_digest()
    assert client.post(BASE, body, content_type="application/json", **poor).status_code == 403
    assert rows_digest() == before
    far = _key(stranger, "dispute.view", "dispute.open")
    before = rows_digest()
    assert client.post(BASE, body, content_type="application/json", **far).status_code == 404
    assert rows_digest() == before
    other = make_item(desk, rahima)
    assert client.get(f"{BASE}/{other.number}", **far).status_code == 404
