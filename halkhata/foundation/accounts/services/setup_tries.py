"""How often somebody may try the set-up code."""

import hashlib

from django.core.cache import cache

WINDOW = 15 * 60
MOST_PER_ADDRESS = 5
# All addresses together: guessing from many machines must not be quicker.
MOST_TOGETHER = 50


def too_many_tries(address: str) -> bool:
    """Whether this network address, or everybody together, gave too many wrong codes within WINDOW seconds.

    Counted by each server process for itself.
    """
    return _count(_key(address)) >= MOST_PER_ADDRESS or _count(_key("")) >= MOST_TOGETHER


def note_wrong_try(address: str) -> None:
    """Count a wrong code."""
    for key in (_key(address), _key("")):
        if not cache.add(key, 1, WINDOW):
            try:
                cache.incr(key)
            except ValueError:
                cache.set(key, 1, WINDOW)  # it expired between the two calls


def _count(key: str) -> int:
    return int(cache.get(key, 0))


def _key(address: str) -> str:
    return f"setup-code:{hashlib.sha256(address.encode()).hexdigest()[:32] if address else 'all'}"
