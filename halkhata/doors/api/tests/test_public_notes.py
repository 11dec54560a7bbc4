"""Notes by the API: for staff only unless it says so; a public one asks for the right to answer besides (A51.6)."""

import pytest
from django.utils.translation import override

from halkhata.desks.disputes.evidence import messages
from halkhata.desks.disputes.models import EvidenceItem
from halkhata.desks.disputes.selectors.headings import with_headings
from halkhata.doors.api.tests.conftest import AGENT_SCOPES
from halkhata.engines.messaging.models import Delivery, Message

pytestmark = pytest.mark.django_db


def path(here):
    return f"/tickets/{here.ticket.number}/notes"


def test_note_is_internal_unless_it_says_public(key, here):
    api = key()
    plain = api.post(path(here), {"text": "Among us"})
    shown = api.post(path(here), {"text": "Ordered", "visibility": "public"})
    assert [(one.status_code, one.json()["visibility"]) for one in (plain, shown)] == [
        (201, "internal"), (201, "public"),
    ]  # fmt: skip
    assert shown.json()["direction"] == "note"
    assert list(Message.objects.filter(is_public=True).values_list("text", flat=True)) == ["Ordered"]
    assert not Delivery.objects.exists()
    for wanted, text in (("public", "Ordered"), ("internal", "Among us")):
        found = api.get(f"{path(here)}?visibility={wanted}").json()["items"]
        assert [one["text"] for one in found] == [text]


def test_public_note_asks_for_the_right_to_answer(shop, key, here, is_problem, digest):
    api = key(scopes=[right for right in AGENT_SCOPES if shop.agent.may(right) and right != "ticket.reply"])
    before = digest()
    is_problem(api.post(path(here), {"text": "Ordered", "visibility": "public"}), 403, "scope_missing")
    is_problem(api.post(path(here), {"text": "Ordered", "visibility": "everybody"}), 422)
    assert digest() == before
    assert api.post(path(here), {"text": "Among us"}).status_code == 201


def test_evidence_file_tells_a_public_note_from_an_internal_one(key, here):
    api = key()
    api.post(path(here), {"text": "Among us"})
    api.post(path(here), {"text": "Ordered", "visibility": "public"})
    found = [one.title for one in messages(None, [here.ticket.pk]) if one.text in {"Among us", "Ordered"}]
    number = here.ticket.number
    assert [title.startswith(f"{number} {head} ") for title, head in zip(
        found, ("Internal Internal note", "Public note"), strict=True
    )] == [True, True]  # fmt: skip
    with override("en"):
        (line,) = with_headings([EvidenceItem(origin="message:1", title=found[1])])
    assert " · Public note · " in line.heading
