"""What a session knows about itself: since when, last seen, from where; how long it may last; ending it.

All of it stands in the session's own data, so that a page costs no query more; the list at /me/ reads the sessions of
the shop, which are dozens.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from halkhata.foundation.accounts.models import AccessPolicy, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text

# How exactly "last seen" is kept; no idle limit is shorter than two of these.
SEEN_STEP = timedelta(minutes=5)
# For how long a typed password also opens the doors behind which it is asked for again.
CONFIRMED_FOR = timedelta(minutes=10)
_SINCE, _SEEN, _ADDRESS, _AGENT, _CONFIRMED = "hk_since", "hk_seen", "hk_address", "hk_agent", "hk_confirmed"
MUST_ENROL = "hk_must_enrol"
ENDED = "hk_ended"
METHOD = "hk_method"


@dataclass(frozen=True, kw_only=True)
class SessionInfo:
    """One session of somebody. ``handle`` names it on pages: it is not its key."""

    handle: str
    since: datetime
    seen: datetime
    address: str
    agent: str
    method: str
    is_this: bool


def stamp_new_session(request: HttpRequest) -> None:
    """Write into the session when and from where it began. Whoever begins one has just shown who they are."""
    at = now().timestamp()
    request.session[_SINCE] = request.session[_SEEN] = request.session[_CONFIRMED] = at
    request.session[_ADDRESS] = str(request.META.get("REMOTE_ADDR", ""))[:64]
    request.session[_AGENT] = clean_text(str(request.META.get("HTTP_USER_AGENT", "")), max_length=300)


def why_over(session: SessionBase) -> str:
    """Why the session may not go on: "idle", "total", or "" while it may. Reads the rules once in SEEN_STEP."""
    at = now().timestamp()
    seen, since = float(session.get(_SEEN, at)), float(session.get(_SINCE, at))
    if _SEEN in session and at - seen < SEEN_STEP.total_seconds():
        return ""
    policy = AccessPolicy.current()
    if at - seen > policy.idle_minutes * 60:
        return "idle"
    return "total" if at - since > policy.total_hours * 3600 else ""


def note_seen(request: HttpRequest) -> None:
    """Move "last seen" on, at most once in SEEN_STEP; sessions older than these stamps get theirs now."""
    session = request.session
    if _SINCE not in session:
        confirmed = session.get(_CONFIRMED)
        stamp_new_session(request)
        # An unknown age proves nothing about a password typed lately.
        session[_CONFIRMED] = confirmed or 0
    elif now().timestamp() - float(session.get(_SEEN, 0)) >= SEEN_STEP.total_seconds():
        session[_SEEN] = now().timestamp()


def is_confirmed(session: SessionBase) -> bool:
    """Whether the person has shown within CONFIRMED_FOR that it is really them."""
    return 0 <= now().timestamp() - float(session.get(_CONFIRMED, 0)) <= CONFIRMED_FOR.total_seconds()


def note_confirmed(session: SessionBase) -> None:
    """The password was typed again just now."""
    session[_CONFIRMED] = now().timestamp()


def sessions_of(user: User, *, this_key: str | None = None) -> list[SessionInfo]:
    """The living sessions of somebody, this one first, then the last seen."""
    found = []
    for session in Session.objects.filter(expire_date__gt=now()).iterator():
        data = session.get_decoded()
        if str(data.get("_auth_user_id")) != str(user.pk):
            continue
        since = float(data.get(_SINCE, now().timestamp()))
        found.append(
            SessionInfo(
                handle=_handle(session.session_key),
                since=_moment(since),
                seen=_moment(float(data.get(_SEEN, since))),
                address=str(data.get(_ADDRESS, "")),
                agent=str(data.get(_AGENT, "")),
                method=str(data.get(METHOD, "")),
                is_this=session.session_key == this_key,
            )
        )
    return sorted(found, key=lambda one: (not one.is_this, -one.seen.timestamp()))


def end_session(user: User, handle: str) -> int:
    """End one session of somebody, by its handle. Returns how many ended: one, or none when it was over."""
    return _end(user, lambda key: _handle(key) == handle)


def end_other_sessions(user: User, *, keep: str | None) -> int:
    """End all sessions of somebody but the one with the key ``keep``. Returns how many ended."""
    return _end(user, lambda key: key != keep)


def _end(user: User, wanted: Callable[[str], bool]) -> int:
    keys = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=now()).iterator()
        if str(session.get_decoded().get("_auth_user_id")) == str(user.pk) and wanted(session.session_key)
    ]
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _handle(key: str) -> str:
    return hashlib.sha256(f"halkhata.session:{key}".encode()).hexdigest()[:20]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
