"""A simple limit for public forms. What one person may send is counted in the database; this counts one address."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

WINDOW = 60 * 60
# Generous: behind one address of a mobile network stand hundreds of people. For the complaint form the shop sets it.
MOST_PER_ADDRESS = 60


def is_flooding(request: HttpRequest, what: str, most: int = MOST_PER_ADDRESS) -> bool:
    """Count one try of this address; True when there were more than ``most`` within WINDOW seconds.

    Counted by each server process for itself: with several of them the limit is as many times higher. The address is
    kept as a hash and forgotten after an hour.
    """
    address = request.META.get("REMOTE_ADDR", "")
    key = f"portal:{what}:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, WINDOW):
        return False
    try:
        return cache.incr(key) > most
    except ValueError:
        return False  # expired between the two calls
