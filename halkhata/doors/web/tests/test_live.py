"""The live stream: one watcher, small events, no connection held per page."""

import asyncio
import json
import threading
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from halkhata.doors.web.live import Fanout, Seats
from halkhata.doors.web.views import live as view


class FakeWaiter:
    """Returns when the test lets it."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)

    def wait(self, seconds: float) -> None:
        self.go.acquire(timeout=2)


@pytest.mark.django_db
def test_all_pages_are_told_when_something_new_is_there_and_only_then():
    waiter, stamps = FakeWaiter(), [(1, 1)]
    fanout = Fanout(look=lambda: stamps[-1], waiter=lambda: waiter)

    async def story():
        first, second = fanout.subscribe(), fanout.subscribe()
        waiter.go.release()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(first.wait(), 0.3)
        stamps.append((2, 1))
        waiter.go.release()
        await asyncio.wait_for(asyncio.gather(first.wait(), second.wait()), 3)
        fanout.unsubscribe(first)
        fanout.unsubscribe(second)

    asyncio.run(story())
    thread = fanout._thread
    waiter.go.release()
    if thread is not None:
        thread.join(timeout=5)
    assert fanout._thread is None
    assert not fanout._subscribers


def test_one_person_gets_so_many_streams_and_no_more():
    seats = Seats(limit=2)
    seats.take(7)
    assert seats.free(7)
    seats.take(7)
    assert not seats.free(7)
    assert seats.free(8)
    seats.give_back(7)
    assert seats.free(7)


def _fields(chunk: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in chunk.strip().splitlines())


@pytest.mark.django_db
def test_stream_tells_the_state_then_changes_and_ends_with_the_account(monkeypatch):
    states = [{"unread": 1, "work": 10}, {"unread": 1, "work": 10}, {"unread": 2, "work": 11}, None]

    async def at_once():
        return True

    event = SimpleNamespace(clear=lambda: None, wait=at_once)
    gone: list[object] = []
    monkeypatch.setattr(view, "fanout", SimpleNamespace(subscribe=lambda: event, unsubscribe=gone.append))
    monkeypatch.setattr(view, "seats", Seats())
    monkeypatch.setattr(view, "SETTLE_SECONDS", 0)
    monkeypatch.setattr(view, "state_for", lambda user_id: states.pop(0))

    async def read():
        return [chunk async for chunk in view.stream(5)]

    chunks = asyncio.run(read())
    assert chunks[0] == "retry: 5000\n\n"
    assert json.loads(_fields(chunks[1])["data"]) == {"unread": 1, "work": 10}
    assert chunks[2] == ": here\n\n"
    assert json.loads(_fields(chunks[3])["data"]) == {"unread": 2, "work": 11}
    assert len(chunks) == 4
    assert gone == [event]
    assert view.seats.free(5)


def test_stranger_and_seventh_tab_are_told_to_stop(monkeypatch):
    request = RequestFactory().get("/live/")
    request.user = AnonymousUser()
    assert asyncio.run(view.live(request)).status_code == 204
    request.user = SimpleNamespace(is_authenticated=True, pk=3)
    full = Seats(limit=0)
    monkeypatch.setattr(view, "seats", full)
    assert asyncio.run(view.live(request)).status_code == 204


def test_response_is_an_uncompressed_uncached_stream(monkeypatch):
    request = RequestFactory().get("/live/", headers={"accept-encoding": "gzip"})
    request.user = SimpleNamespace(is_authenticated=True, pk=3)
    response = asyncio.run(view.live(request))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/event-stream"
    assert response["Content-Encoding"] == "identity"
    assert response["Cache-Control"] == "no-store"


def test_state_is_the_persons_own(shop, monkeypatch):
    from halkhata.engines.work.models import Notification
    from halkhata.foundation.accounts.models import User
    from halkhata.foundation.core.clock import now

    # The test has a transaction open on this connection; closing it would end the test, not the stream.
    monkeypatch.setattr(view, "close_old_connections", lambda: None)
    Notification.objects.create(user=shop.agent, at=now(), verb="item.opened", cause="1")
    assert view.state_for(shop.agent.pk) == {"unread": 1, "work": 0}
    assert view.state_for(shop.agent2.pk) == {"unread": 0, "work": 0}
    User.objects.filter(pk=shop.agent.pk).update(is_active=False)
    assert view.state_for(shop.agent.pk) is None
