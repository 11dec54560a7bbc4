"""Guessing: per name and address, per name, per address; alike for unknown names; notices; unlocking."""

import statistics
import time

import pytest
from axes.models import AccessAttempt
from django.test import Client

from halkhata.engines.work.models import Notification
from halkhata.foundation.accounts.services.lock_out import locked_names, unlock
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import PermissionRefused
from halkhata.foundation.core.outbox import run_until_quiet

WRONG = "wrong wrong wrong"


def _try(name: str, address: str = "203.0.113.5", password: str = WRONG):
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": name, "password": password})


def test_twenty_wrong_tries_from_many_addresses_lock_the_name(shop):
    answers = [_try("rafi", f"203.0.113.{number}").status_code for number in range(20)]
    assert answers == [200] * 19 + [429]
    assert _try("rafi", "198.51.100.1", "nine plain words").status_code == 429
    assert _try("mitu", "198.51.100.1", "nine plain words").status_code == 302


def test_hundred_wrong_tries_from_one_address_lock_the_address(shop):
    AccessAttempt.objects.bulk_create(
        AccessAttempt(username=f"guess{n}", ip_address="203.0.113.77", user_agent="x", failures_since_start=7)
        for n in range(14)
    )  # fmt: skip
    assert [_try(name, "203.0.113.77").status_code for name in ("someone", "another")] == [200, 429]
    assert _try("mitu", "203.0.113.77", "nine plain words").status_code == 429
    assert _try("mitu", "203.0.113.78", "nine plain words").status_code == 302


def test_unknown_name_gets_the_same_answers_as_a_known_one(shop):
    known = [_try("rafi") for _ in range(11)]
    unknown = [_try("nobody") for _ in range(11)]
    assert [one.status_code for one in known] == [one.status_code for one in unknown]

    def bare(response, name):
        from re import sub

        return sub(r'value="[^"]{20,}"|data-now="[^"]*"', "", response.content.decode().replace(name, ""))

    assert bare(known[0], "rafi") == bare(unknown[0], "nobody")
    assert bare(known[10], "rafi") == bare(unknown[10], "nobody")


def test_unknown_name_takes_as_long_as_a_known_one(shop, settings):
    settings.AXES_ENABLED = False

    def median(name: str) -> float:
        took = []
        for _ in range(15):
            start = time.perf_counter()
            Client().post("/sign-in/", {"username": name, "password": WRONG})
            took.append(time.perf_counter() - start)
        return statistics.median(took)

    known, unknown = median("rafi"), median("nobody")
    # A password takes tens of milliseconds to hash: an answer without it would be several times as quick.
    assert 0.6 < known / unknown < 1.7


def test_person_and_owner_are_told_once_and_it_is_written_down(shop):
    for _ in range(14):
        _try("rafi")
    run_until_quiet()
    told = list(Notification.objects.filter(verb="account.locked").order_by("user_id"))
    assert {one.user_id for one in told} == {shop.agent.pk, shop.owner.pk}
    assert told[0].data == {"name": "rafi", "address": "203.0.113.5"}
    entry = AuditEntry.objects.get(action="user.locked")
    assert (entry.record_id, entry.after["address"]) == (str(shop.agent.pk), "203.0.113.5")


def test_no_typed_secret_is_kept_by_the_counter(shop):
    _try("rafi", password="a very secret canary")
    kept = AccessAttempt.objects.get()
    assert "canary" not in f"{kept.get_data} {kept.post_data}"


def test_locked_name_stands_on_the_page_and_can_be_unlocked(shop, client_as):
    for _ in range(10):
        _try("rafi")
    for _ in range(10):
        _try("nobody")
    client = client_as(shop.owner)
    rows = client.get("/settings/users/locked/").context["rows"]
    assert {(row.name, row.person) for row in rows} == {("rafi", shop.agent), ("nobody", None)}
    client.post("/settings/users/unlock/", {"name": "rafi"})
    assert _try("rafi", password="nine plain words").status_code == 302
    assert AuditEntry.objects.get(action="user.unlocked").after == {"name": "rafi"}
    with pytest.raises(PermissionRefused):
        unlock(actor=shop.manager, name="nobody")
    assert [row.name for row in locked_names(shop.owner)] == ["nobody"]


def test_right_password_wipes_the_counter_of_the_name(shop):
    for _ in range(9):
        _try("rafi")
    assert _try("rafi", password="nine plain words").status_code == 302
    assert _try("rafi").status_code == 200
