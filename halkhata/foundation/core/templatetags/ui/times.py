"""The server's time, and what is left until something is due."""

from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.escaping import escaped
from halkhata.foundation.core.templatetags.halkhata import duration, localdt
from halkhata.foundation.core.templatetags.ui.icons import icon
from halkhata.foundation.core.templatetags.ui.markup import written

DEFAULT_WARN = timedelta(minutes=30)

# What a script counts on, and the drawing of each state.
_COUNTED = {"late", "soon", "ontime"}
_COUNTDOWN_ICONS = {
    "late": "alert-triangle",
    "missed": "alert-triangle",
    "soon": "alarm",
    "paused": "clock-pause",
    "met": "circle-check",
}


def now_iso() -> str:
    """The server's time as ISO 8601 in UTC: scripts count from it, not from the PC's clock."""
    return now().isoformat(timespec="milliseconds")


def countdown(
    due_at: datetime | None, state: str = "", warn: timedelta | int | None = None, done_at: datetime | None = None
) -> SafeString:
    """``{% countdown clock.due_at %}``: what is left until ``due_at``, in word and colour, counted on by a script.

    ``state`` "paused" or "met" stops the counting; ``warn`` (seconds or timedelta, default 30 minutes) is when
    "soon" begins; ``done_at`` says when it was done, and so whether in time.
    """
    if not due_at:
        return written(f'<span class="text-secondary">{escaped(gettext("No due time"))}</span>')
    warn = warn if isinstance(warn, timedelta) else timedelta(seconds=warn) if warn else DEFAULT_WARN
    if done_at is not None:
        state = "met" if done_at <= due_at else "missed"
    left = due_at - (done_at or now())
    if not state:
        state = "late" if left < timedelta() else "soon" if left <= warn else "ontime"
    counted = f' data-countdown data-warn="{int(warn.total_seconds())}"' if state in _COUNTED else ""
    if state == "paused":
        words = gettext("Paused")
    elif state == "met":
        words = gettext("In time")
    elif state in {"late", "missed"}:
        words = gettext("Late by %(time)s") % {"time": duration(abs(left))}
    else:
        words = gettext("%(time)s left") % {"time": duration(abs(left))}
    return written(
        f'<time class="hk-due" datetime="{due_at.isoformat(timespec="milliseconds")}"'
        f' title="{escaped(localdt(due_at))}"'
        f' data-state="{"late" if state == "missed" else escaped(state)}"{counted}>'
        f"{icon(_COUNTDOWN_ICONS.get(state, 'clock'))}<span data-text>{escaped(words)}</span></time>"
    )
