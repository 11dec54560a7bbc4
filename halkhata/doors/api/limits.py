"""How often a key may call, and how often an address may try keys: counted in the database, right over all processes.

A fixed window of a minute for each subject. To keep reading cheap, a process takes calls from the common counter in
small lots and spends them from memory: never more than the limit in all, a few less where many processes share a key.
"""

import ipaddress
import threading
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from halkhata.doors.api.models import RateWindow
from halkhata.foundation.core.clock import now

WINDOW = 60
_LOTS = 20

_lock = threading.Lock()
_taking = threading.Lock()
# subject -> minute, calls left of the lot in hand, counted in all when it was taken
_pots: dict[str, tuple[int, int, int]] = {}
# addresses that tried too many keys -> the minute in which they did
_blocked: dict[str, int] = {}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a subject stands: ``left`` calls until ``reset`` seconds from now."""

    allowed: bool
    limit: int
    left: int
    reset: int

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers has them."""
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW}',
            "RateLimit": f'"default";r={self.left};t={self.reset}',
        }


def count_call(token_hash: str) -> Standing:
    """Count one call of a key."""
    limit = settings.API_RATE
    subject, minute, reset = f"key:{token_hash[:40]}", *_minute()
    spent = _spend(subject, minute)
    if spent is None:
        # One thread of the process fetches a lot, those who came with it find it: or each would take one and waste it.
        with _taking:
            spent = _spend(subject, minute)
            if spent is None:
                granted, used = _take(subject, minute, lot=max(1, limit // _LOTS), limit=limit)
                spent = _spend(subject, minute, more=granted, used=used)
    if spent is None:
        return Standing(allowed=False, limit=limit, left=0, reset=reset)
    left, used = spent
    return Standing(allowed=True, limit=limit, left=max(0, limit - used) + left, reset=reset)


def _spend(subject: str, minute: int, *, more: int = 0, used: int = 0) -> tuple[int, int] | None:
    """Spend one call of what this process has in hand, after putting ``more`` to it. Returns what is left in hand and
    what was counted in all; None when there is nothing to spend."""
    with _lock:
        if len(_pots) > 10_000:
            _pots.clear()
        known = _pots.get(subject)
        held, seen = (known[1], known[2]) if known and known[0] == minute else (0, 0)
        held, seen = held + more, max(seen, used)
        if not held:
            return None
        _pots[subject] = (minute, held - 1, seen)
        return held - 1, seen


def refuse_guesser(address: str) -> int:
    """Seconds that an address must wait because it tried too many keys; 0 when it need not."""
    minute, reset = _minute()
    return reset if _blocked.get(address) == minute else 0


def count_failure(address: str) -> None:
    """Count one refused key of an address."""
    minute, _reset = _minute()
    granted, used = _take(f"address:{address}", minute, lot=1, limit=settings.API_FAILURES)
    if not granted or used >= settings.API_FAILURES:
        if len(_blocked) > 10_000:
            _blocked.clear()
        _blocked[address] = minute


def address_of(request: HttpRequest) -> str:
    """The network address of the caller; of IPv6 the /64, which is what one subscriber has."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def _minute() -> tuple[int, int]:
    at = int(now().timestamp())
    return at // WINDOW, WINDOW - at % WINDOW


def _take(subject: str, minute: int, *, lot: int, limit: int) -> tuple[int, int]:
    """Take up to ``lot`` calls from the counter. Returns how many were granted and how many are counted in all."""
    with transaction.atomic():
        rows = RateWindow.objects.filter(subject=subject, minute=minute)
        changed = rows.filter(used__lt=limit).update(used=F("used") + lot)
        if not changed:
            if rows.exists():
                return 0, limit
            RateWindow.objects.bulk_create([RateWindow(subject=subject, minute=minute)], ignore_conflicts=True)
            if not rows.filter(used__lt=limit).update(used=F("used") + lot):
                return 0, limit
        # The UPDATE holds the row's lock, so this reads our own value.
        used = rows.values_list("used", flat=True).get()
    return lot - max(0, used - limit), min(used, limit)


def forget() -> None:
    """Forget what this process has in hand; for tests."""
    with _lock:
        _pots.clear()
        _blocked.clear()
