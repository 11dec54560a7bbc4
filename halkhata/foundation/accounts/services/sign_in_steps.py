"""From a right password (or a provider's word) to a session: the second step, the rules of the house, the new key."""

import secrets
from dataclasses import dataclass

from django.contrib.auth import login
from django.http import HttpRequest

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.services.second_factor import has_second_factor, must_enrol
from halkhata.foundation.accounts.services.sessions import METHOD, MUST_ENROL
from halkhata.foundation.accounts.services.sign_in import note_sign_in
from halkhata.foundation.core.clock import now

BACKEND = "halkhata.foundation.accounts.backends.UsernameOrPhoneBackend"
WAITS_SECONDS = 600
_PENDING = "hk_pending_sign_in"
PASSWORD, PROVIDER = "password", "oidc"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Somebody whose first factor was right and who has yet to type the code."""

    user: User
    next: str
    method: str


def enter(request: HttpRequest, user: User, *, method: str, following: str, skip_second: bool = False) -> bool:
    """Sign in, or remember the right first factor and return False: then the code must come first.

    ``skip_second`` is for a provider that asks for its own second factor and is trusted with it.
    """
    if not skip_second and has_second_factor(user):
        request.session[_PENDING] = {
            "user": user.pk,
            # A password changed in between makes what was typed before worthless.
            "hash": user.get_session_auth_hash(),
            "next": following,
            "method": method,
            "at": now().timestamp(),
        }
        return False
    finish(request, user, method=method, trusted=skip_second)
    return True


def pending_of(request: HttpRequest) -> Pending | None:
    """Who waits for the second step in this browser; None after ten minutes, or when the account changed meanwhile."""
    kept = request.session.get(_PENDING)
    if not kept:
        return None
    user = User.objects.select_related("role", "branch").filter(pk=kept["user"], is_active=True).first()
    too_old = not 0 <= now().timestamp() - kept["at"] <= WAITS_SECONDS
    if user is None or too_old or not secrets.compare_digest(user.get_session_auth_hash(), kept["hash"]):
        request.session.pop(_PENDING, None)
        return None
    return Pending(user=user, next=kept["next"], method=kept["method"])


def forget_pending(request: HttpRequest) -> None:
    """The second step is not taken after all."""
    request.session.pop(_PENDING, None)


def finish(request: HttpRequest, user: User, *, method: str, trusted: bool = False) -> None:
    """Open the session, under a new key; mark it when the role needs a second factor that is not there yet."""
    request.session.pop(_PENDING, None)
    # A session somebody else used before in this browser leaves nothing behind (B80).
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[METHOD] = method
    if not trusted and must_enrol(user):
        request.session[MUST_ENROL] = True
    note_sign_in(user=user)
