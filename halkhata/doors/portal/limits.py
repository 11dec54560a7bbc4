"""A simple limit for public forms. What one person may send is counted in the database; this counts one address."""

import time

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from halkhata.doors.portal.secrets_of import address_hash

WINDOW = 60 * 60
# Generous: behind one address of a mobile network stand hundreds of people. For the complaint form the shop sets it.
MOST_PER_ADDRESS = 60
TOO_MANY_REQUESTS = 429


def is_flooding(request: HttpRequest, what: str, most: int = MOST_PER_ADDRESS) -> bool:
    """Count one try of this address; True when there were more than ``most`` in this hour by the clock.

    Counted by each server process for itself: with several of them the limit is as many times higher. The address is
    kept as a hash and forgotten after an hour.
    """
    key = f"portal:{what}:{int(time.time()) // WINDOW}:{address_hash(request)[:32]}"
    if cache.add(key, 1, WINDOW):
        return most < 1
    try:
        return cache.incr(key) > most
    except ValueError:
        return False  # expired between the two calls


def seconds_left() -> int:
    """Until the counting begins anew."""
    return WINDOW - int(time.time()) % WINDOW


def with_retry(response: HttpResponse, seconds: int | None = None) -> HttpResponse:
    """The same page as 429, saying in seconds when to come back (RFC 6585, RFC 9110)."""
    response.status_code = TOO_MANY_REQUESTS
    response["Retry-After"] = str(seconds if seconds is not None else seconds_left())
    return response
