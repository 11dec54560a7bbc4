"""Keyed hashes and cookies of the customers' door. Each has a purpose of its own: one never opens what another does."""

import ipaddress
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from halkhata.foundation.core.secret_box import keyed_hash

# Before the code: which browser asked. After it: the session.
ASKED, OPEN = "follow_asked", "follow_open"
ASKED_LIVES = 30 * 60
OPEN_LIVES = 30 * 60
PATH = "/c/"
# The same for the page of a dispute.
DISPUTE_ASKED, DISPUTE_OPEN = "dispute_asked", "dispute_open"
_LIVES = {ASKED: ASKED_LIVES, OPEN: OPEN_LIVES, DISPUTE_ASKED: ASKED_LIVES, DISPUTE_OPEN: OPEN_LIVES}


def hash_of(text: str, what: str) -> str:
    """The keyed hash of a phone number, an address, a browser, a code or a session, each by its own key."""
    return keyed_hash(text, purpose=f"portal.{what}")


def address_hash(request: HttpRequest) -> str:
    """Which network address it is, without keeping it; of IPv6 the /64, which is what one subscriber has."""
    typed = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(typed)
    except ValueError:
        return hash_of("unknown", "address")
    if isinstance(address, ipaddress.IPv6Address):
        return hash_of(str(ipaddress.ip_network(f"{address}/64", strict=False)), "address")
    return hash_of(str(address), "address")


def new_id() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def set_cookie(response: HttpResponse, name: str, value: str) -> None:
    """A signed cookie for the customers' pages alone; no script reads it, no other site's form sends it."""
    response.set_cookie(
        name,
        signing.dumps(value, salt=f"halkhata.portal.{name}"),
        max_age=_LIVES[name],
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def read_cookie(request: HttpRequest, name: str) -> str:
    """The id in the cookie; "" for none, a forged one, one of another purpose and one that has run out."""
    try:
        value = signing.loads(request.COOKIES.get(name, ""), salt=f"halkhata.portal.{name}", max_age=_LIVES[name])
    except signing.BadSignature:
        return ""
    return value if isinstance(value, str) else ""


def drop_cookie(response: HttpResponse, name: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(name, path=PATH, samesite="Lax")
