"""ETag, If-None-Match, If-Match."""

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.foundation.accounts.models import User


def test_unchanged_answer_is_304_and_a_changed_one_is_not(key, here):
    api = key()
    for path in (f"/tickets/{here.ticket.number}", f"/customers/{here.customer.pk}", "/tickets", "/categories"):
        first = api.get(path)
        again = api.get(path, if_none_match=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert api.get(path, if_none_match=f'"other", W/{first["ETag"]}').status_code == 304
        assert api.get(path, if_none_match='"other"').status_code == 200


def test_change_that_makes_no_new_version_is_no_304_either(key, here, shop):
    api = key()
    path = f"/tickets/{here.ticket.number}"
    first = api.get(path)
    User.objects.filter(pk=shop.agent.pk).update(name_en="Renamed")
    assert api.get(path, if_none_match=first["ETag"]).json()["owner"] == "Renamed"


@pytest.mark.parametrize(
    ("path", "body", "right"),
    [
        ("/tickets/{ticket}", {"subject": "New"}, None),
        ("/customers/{customer}", {"name_en": "New"}, None),
    ],
)
def test_patch_needs_the_version_that_was_read(key, here, is_problem, digest, path, body, right):
    api = key()
    path = path.format(ticket=here.ticket.number, customer=here.customer.pk)
    tag = api.get(path)["ETag"]
    before = digest()
    is_problem(api.patch(path, body), 428, "if_match_missing")
    is_problem(api.patch(path, body, if_match='"999-abc"'), 412, "stale")
    is_problem(api.patch(path, body, if_match="nonsense"), 412, "stale")
    assert digest() == before
    changed = api.patch(path, body, if_match=tag)
    assert changed.status_code == 200, changed.content
    assert changed["ETag"] != tag
    is_problem(api.patch(path, body, if_match=tag), 412, "stale")
    assert api.patch(path, body, if_match=f"W/{changed['ETag']}").status_code == 200
    assert api.patch(path, body, if_match="*").status_code == 200


STEPS = [
    ("state", {"state": "waiting_customer"}),
    ("priority", {"priority": "high"}),
    ("replies", {"text": "We are looking at it."}),
    ("notes", {"text": "Looked at it."}),
    ("calls", {"outbound": True, "answered": True, "text": "Told him."}),
    ("resolution", {"root_cause": "misuse", "action": "Explained", "remedy": "explained"}),
]


@pytest.mark.parametrize(("step", "body"), STEPS)
def test_step_with_an_old_if_match_changes_nothing(key, here, is_problem, digest, step, body):
    api = key()
    path = f"/tickets/{here.ticket.number}"
    tag = api.get(path)["ETag"]
    assert api.post(f"{path}/priority", {"priority": "urgent"}).status_code == 200
    before = digest()
    is_problem(api.post(f"{path}/{step}", body, if_match=tag), 412, "stale")
    assert digest() == before
    assert api.post(f"{path}/{step}", body, if_match=api.get(path)["ETag"]).status_code in {200, 201}
    assert Ticket.objects.get().version > here.ticket.version
