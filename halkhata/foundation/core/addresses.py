"""Addresses of records, for lists that name dozens of them.

``reverse`` takes as long for each line of a list as the rest of the line. A record's address differs from the next
one's in its id or number alone, so it is asked once and the id put in.
"""

import re
from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

_SOME_ID = 918_273_645
_SOME_NUMBER = f"K-{_SOME_ID}"
# Letters that stand in an address as they are: a work number, nothing anybody typed.
_PLAIN = re.compile(r"[A-Za-z0-9-]{1,24}")


def record_url(name: str, record: int | str) -> str:
    """What ``reverse(name, args=[record])`` says, for an id or a number. Raises NoReverseMatch."""
    if isinstance(record, int) and record >= 0:
        before, after = _frame(name, _SOME_ID, get_urlconf(), get_script_prefix())
    elif isinstance(record, str) and _PLAIN.fullmatch(record):
        before, after = _frame(name, _SOME_NUMBER, get_urlconf(), get_script_prefix())
    else:
        return reverse(name, args=[record])
    return f"{before}{record}{after}"


@lru_cache(maxsize=256)
def _frame(name: str, sample: int | str, _urlconf: str | None, _prefix: str) -> tuple[str, str]:
    before, _sample, after = reverse(name, args=[sample]).partition(str(sample))
    return before, after
