"""``/live/``: small server-sent events for the shell: unread notices, and that work moved."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from halkhata.doors.web.live import fanout, newest, seats
from halkhata.engines.work.selectors.notices import ringing_call
from halkhata.engines.work.services.notifications import unread_count
from halkhata.foundation.accounts.models import User

STREAM_SECONDS = 15 * 60
HEARTBEAT_SECONDS = 25.0
# Several commits in a row make one event.
SETTLE_SECONDS = 0.5


@require_safe
async def live(request: HttpRequest) -> HttpResponseBase:
    """One page's stream. 204 (EventSource then stops) without a sign-in or beyond six streams a person."""
    # ReaderMiddleware has loaded the user already: no query from the event loop.
    user = request.user
    if not user.is_authenticated or not seats.free(user.pk):
        return HttpResponse(status=204)
    response = StreamingHttpResponse(stream(user.pk), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    # Without it the compressing middleware would hold events back.
    response["Content-Encoding"] = "identity"
    return response


async def stream(user_id: int) -> AsyncIterator[str]:
    """Events for one person until they leave, lose access, or a quarter of an hour is over (the browser comes back).

    ``event: state``, data ``{"unread": 3, "work": 1042}``: ``work`` grows whenever any work moved. While a call rings
    there is ``"call": {"id": 7, "text": "Rahima is calling", "url": "/customers/3/"}`` as well.
    """
    seats.take(user_id)
    changed = fanout.subscribe()
    try:
        yield "retry: 5000\n\n"
        ends, sent = time.monotonic() + STREAM_SECONDS, None
        while time.monotonic() < ends:
            changed.clear()
            state = await sync_to_async(state_for)(user_id)
            if state is None:
                return
            yield ": here\n\n" if state == sent else f"event: state\ndata: {json.dumps(state)}\n\n"
            sent = state
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT_SECONDS)
                await asyncio.sleep(SETTLE_SECONDS)
            except TimeoutError:
                continue
    finally:
        fanout.unsubscribe(changed)
        seats.give_back(user_id)


def state_for(user_id: int) -> dict[str, Any] | None:
    """What the page of this person shows now; None when they may not sign in any more."""
    try:
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            return None
        unread = unread_count(user)
        state = {"unread": unread, "work": newest()[0]}
        call = ringing_call(user) if unread else None
        return state if call is None else {**state, "call": call}
    finally:
        close_old_connections()
