"""Idempotency-Key: done once, answered alike, whatever dies in between."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection

from halkhata.desks.tickets.models import Ticket
from halkhata.doors.api import idempotency, pipeline
from halkhata.doors.api.jobs import prune_api
from halkhata.doors.api.models import IdempotentRequest
from halkhata.foundation.core.clock import moved_to, now

BODY = {"subject": "Fridge is warm"}


def test_same_key_and_body_opens_one_ticket_and_answers_alike(key):
    api = key()
    first = api.post("/tickets", BODY, idempotency_key="one")
    second = api.post("/tickets", BODY, idempotency_key='"one"')
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (second["Idempotency-Replayed"], "Idempotency-Replayed" in first) == ("true", False)
    for name in ("Location", "ETag", "Content-Type"):
        assert first[name] == second[name]
    assert Ticket.objects.count() == 1


def test_same_key_with_another_body_or_address_is_refused(key, is_problem, here):
    api = key()
    assert api.post("/tickets", BODY, idempotency_key="one").status_code == 201
    is_problem(api.post("/tickets", {"subject": "Other"}, idempotency_key="one"), 422, "idempotency_key_reused")
    is_problem(
        api.post(f"/tickets/{here.ticket.number}/notes", {"text": "x"}, idempotency_key="one"),
        422,
        "idempotency_key_reused",
    )
    assert Ticket.objects.count() == 2


def test_same_key_of_another_token_is_another_request(key, shop):
    for user in (shop.agent, shop.agent2):
        assert key(user).post("/tickets", BODY, idempotency_key="one").status_code == 201
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("bad", ["", "x" * 256, "ключ", '""', "a b", 'a"b'])
def test_key_that_is_none_is_refused(key, is_problem, bad):
    is_problem(key().post("/tickets", BODY, idempotency_key=bad), 400, "bad_idempotency_key")
    assert Ticket.objects.count() == 0


def test_refused_request_leaves_its_key_free_for_the_mended_one(key, is_problem):
    api = key()
    is_problem(api.post("/tickets", {"subject": "   "}, idempotency_key="one"), 422, "empty")
    assert IdempotentRequest.objects.count() == 0
    assert api.post("/tickets", BODY, idempotency_key="one").status_code == 201


def test_answer_is_kept_sealed(key):
    key().post("/customers", {"name_en": "Very Secret Name"}, idempotency_key="one")
    row = IdempotentRequest.objects.get()
    assert "Secret" not in row.body
    assert row.state == "done"


def test_while_the_first_runs_the_second_is_told_to_wait(key, is_problem):
    api = key()
    api.post("/tickets", BODY, idempotency_key="one")
    IdempotentRequest.objects.update(state="running", lease_until=now() + timedelta(seconds=30))
    response = api.post("/tickets", BODY, idempotency_key="one")
    is_problem(response, 409, "idempotency_in_progress")
    assert response["Retry-After"] == "1"
    assert Ticket.objects.count() == 1


def test_after_a_day_the_key_is_new_again_and_the_job_clears_it(key):
    api = key()
    api.post("/tickets", BODY, idempotency_key="one")
    with moved_to(now() + timedelta(hours=25)):
        assert api.post("/tickets", BODY, idempotency_key="one").status_code == 201
        assert Ticket.objects.count() == 2
    with moved_to(now() + timedelta(hours=50)):
        assert prune_api.func() >= 1
    assert IdempotentRequest.objects.count() == 0


class _Died(BaseException):
    """The process is gone: no handler, no clean-up of ours runs on the way out."""


def _die_in(monkeypatch, where):
    """Let the next request end like a killed process: its transaction is lost, nothing is cleaned up."""
    monkeypatch.setattr(idempotency.Claim, "release", lambda self: None)
    if where == "before the change":
        monkeypatch.setattr(pipeline, "_change", _raise)
    else:
        monkeypatch.setattr(idempotency.Claim, "keep", _raise)


def _raise(*args, **kwargs):
    raise _Died


@pytest.mark.parametrize("where", ["before the change", "after the change, before its commit"])
def test_killed_request_is_done_exactly_once_when_repeated(key, monkeypatch, where, is_problem):
    api = key()
    with monkeypatch.context() as patched:
        _die_in(patched, where)
        with pytest.raises(_Died):
            api.post("/tickets", BODY, idempotency_key="one")
    assert Ticket.objects.count() == 0
    is_problem(api.post("/tickets", BODY, idempotency_key="one"), 409, "idempotency_in_progress")
    with moved_to(now() + idempotency.LEASE + timedelta(seconds=1)):
        first = api.post("/tickets", BODY, idempotency_key="one")
        second = api.post("/tickets", BODY, idempotency_key="one")
    assert (first.status_code, second.content) == (201, first.content)
    assert Ticket.objects.count() == 1


def test_twin_without_the_common_transaction_does_it_twice(key, monkeypatch):
    """The guard off: the answer is written after the change's own commit. A kill in between doubles it."""

    def apart(run, request, kwargs, claim):
        response = run(request, **kwargs)
        claim.keep(response)
        return response

    api = key()
    with monkeypatch.context() as patched:
        _die_in(patched, "after the change, before its commit")
        patched.setattr(pipeline, "_change", apart)
        with pytest.raises(_Died):
            api.post("/tickets", BODY, idempotency_key="one")
    with moved_to(now() + idempotency.LEASE + timedelta(seconds=1)):
        assert api.post("/tickets", BODY, idempotency_key="one").status_code == 201
    assert Ticket.objects.count() == 2


def test_slow_first_request_that_lost_its_claim_is_rolled_back(key, monkeypatch, is_problem):
    api = key()
    honest = idempotency.Claim.keep

    def overtaken(self, response):
        # Its lease ran out and another process took the request over, and is at it.
        IdempotentRequest.objects.filter(pk=self.row_id).update(claim="somebody else")
        honest(self, response)

    monkeypatch.setattr(idempotency.Claim, "keep", overtaken)
    is_problem(api.post("/tickets", BODY, idempotency_key="one"), 409, "idempotency_in_progress")
    assert Ticket.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_key_open_one_ticket(shop, key):
    api = key()
    answers = []

    def call():
        try:
            answers.append(api.__class__(api.raw).post("/tickets", BODY, idempotency_key="race"))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Ticket.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    bodies = {answer.content for answer in answers if answer.status_code == 201}
    assert len(bodies) == 1
    assert json.loads(bodies.pop())["number"] == Ticket.objects.get().number


@pytest.mark.django_db(transaction=True)
def test_twin_of_the_race_without_a_key_opens_twenty(shop, key):
    api = key()

    def call():
        try:
            api.__class__(api.raw).post("/tickets", BODY)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Ticket.objects.count() == 5
