"""How often a key may call, and how often an address may try keys."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from halkhata.doors.api import limits
from halkhata.doors.api.jobs import prune_api
from halkhata.doors.api.models import RateWindow
from halkhata.foundation.core.clock import moved_to, now


@pytest.fixture
def noon():
    with moved_to(now().replace(second=5, microsecond=0)) as moment:
        yield moment


def test_key_gets_its_calls_a_minute_and_then_429_with_the_time_to_wait(key, settings, is_problem, noon):
    settings.API_RATE = 30
    api = key()
    left = []
    for _call in range(30):
        response = api.get("/categories")
        assert response.status_code == 200
        left.append(int(response["RateLimit"].partition("r=")[2].partition(";")[0]))
    assert left == list(range(29, -1, -1))
    assert response["RateLimit-Policy"] == '"default";q=30;w=60'
    refused = api.get("/categories")
    is_problem(refused, 429, "too_many_requests")
    assert refused["Retry-After"] == "55"
    with moved_to(now() + timedelta(seconds=60)):
        assert api.get("/categories").status_code == 200


def test_other_keys_are_not_held_up(key, shop, settings, noon):
    settings.API_RATE = 3
    busy = key()
    assert [busy.get("/categories").status_code for _ in range(5)] == [200] * 3 + [429] * 2
    assert key(shop.agent2).get("/categories").status_code == 200


def test_several_processes_together_never_give_more_than_the_limit(db, settings, noon):
    settings.API_RATE = 40
    allowed = 0
    for _process in range(4):
        limits.forget()  # a process that knows nothing of the others
        allowed += sum(limits.count_call("a" * 64).allowed for _ in range(30))
    assert 30 <= allowed <= 40


@pytest.mark.django_db(transaction=True)
def test_parallel_calls_never_get_more_than_the_limit(settings):
    settings.API_RATE = 25
    results = []

    def call():
        try:
            results.extend(limits.count_call("b" * 64).allowed for _ in range(10))
        finally:
            connection.close()

    with moved_to(now().replace(second=5)):
        minute = limits._minute()[0]
    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if limits._minute()[0] == minute:
        assert 15 <= sum(results) <= 25


@pytest.mark.django_db(transaction=True)
def test_forty_that_come_at_once_do_not_use_up_more_than_their_own_calls(settings):
    settings.API_RATE = 300
    together, results = threading.Barrier(40), []

    def call():
        try:
            together.wait()
            results.append(limits.count_call("d" * 64).allowed)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(40)]
    minute = limits._minute()[0]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    allowed_after = sum(limits.count_call("d" * 64).allowed for _ in range(300))
    if limits._minute()[0] == minute:
        assert results == [True] * 40
        assert allowed_after == 260


def test_address_that_guesses_keys_is_refused_before_the_look_up(
    key, settings, is_problem, noon, django_assert_num_queries
):
    settings.API_FAILURES = 5
    guesser = Client(headers={"authorization": "Bearer hk_wrong"}, REMOTE_ADDR="192.0.2.7")
    assert [guesser.get("/api/v1/tickets").status_code for _ in range(5)] == [401] * 5
    with django_assert_num_queries(0):
        refused = guesser.get("/api/v1/tickets")
    is_problem(refused, 429, "too_many_requests")
    assert int(refused["Retry-After"]) == 55
    assert key().get("/categories").status_code == 200  # another address
    with moved_to(now() + timedelta(seconds=60)):
        assert guesser.get("/api/v1/tickets").status_code == 401


def test_calls_without_any_key_are_no_guesses(db, settings, noon):
    settings.API_FAILURES = 2
    assert {Client().get("/api/v1/tickets").status_code for _ in range(6)} == {401}
    assert RateWindow.objects.count() == 0


def test_ipv6_counts_by_subscriber(rf):
    one, two = (rf.get("/", REMOTE_ADDR=f"2001:db8:1:2::{end}") for end in ("1", "ffff"))
    assert limits.address_of(one) == limits.address_of(two) == "2001:db8:1:2::/64"


def test_counters_of_past_minutes_are_cleared(db):
    limits.count_call("c" * 64)
    with moved_to(now() + timedelta(minutes=10)):
        prune_api.func()
    assert RateWindow.objects.count() == 0
