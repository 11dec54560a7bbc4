"""Why promises were broken: the reasons staff gave, counted (A51.9, US-12)."""

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from halkhata.engines.work.choices import ClockState
from halkhata.engines.work.selectors.delays import reason_labels
from halkhata.foundation.accounts.models import User
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.promise_filters import (
    NONE,
    PromiseFilters,
    counted_clocks,
    last_reason,
)


def reason_counts(user: User | None, period: Period, filters: PromiseFilters) -> list[dict[str, Any]]:
    """Broken promises by the last reason that was given for each, the commonest first: two statements.

    Each has ``code`` (NONE: nobody has said why yet), ``name``, ``count`` and ``percent`` of all broken ones.
    """
    clocks = counted_clocks(user, period, filters).filter(state=ClockState.BREACHED)
    rows = clocks.annotate(said=last_reason()).order_by().values_list("said").annotate(n=Count("pk"))
    counts = {code or NONE: count for code, count in rows}
    if not counts:
        return []
    labels = {**reason_labels(), NONE: _("No reason given yet")}
    total = sum(counts.values())
    found = [
        {"code": code, "name": labels.get(code, code), "count": count, "percent": round(count * 100 / total, 1)}
        for code, count in counts.items()
    ]
    return sorted(found, key=lambda line: (-line["count"], line["name"]))


def reason_name(code: str) -> str:
    """A reason in the reader's language; "" for none."""
    if not code:
        return ""
    return _("No reason given yet") if code == NONE else reason_labels().get(code, code)
