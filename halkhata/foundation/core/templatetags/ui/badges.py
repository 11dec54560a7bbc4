"""Words on a soft colour, and the colour, drawing and word of each state."""

from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.templatetags.ui.icons import icon
from halkhata.foundation.core.templatetags.ui.markup import written

TONES = ("neutral", "info", "good", "warn", "bad", "alarm", "accent", "quiet")
# A state's colour and icon, by its code. The word comes from the model's choices; here only where code alone is known.
STATES: dict[str, tuple[str, str, Any]] = {
    "new": ("info", "circle-dashed", _("New")),
    "open": ("info", "circle-dashed", _("Open")),
    "assigned": ("info", "user-check", _("Assigned")),
    "in_progress": ("accent", "player-play", _("In progress")),
    "pending": ("warn", "clock-pause", _("Waiting for the customer")),
    "waiting": ("warn", "clock-pause", _("Waiting")),
    "waiting_customer": ("warn", "clock-pause", _("Waiting for the customer")),
    "on_hold": ("quiet", "player-pause", _("On hold")),
    "paused": ("quiet", "player-pause", _("Paused")),
    "resolved": ("good", "circle-check", _("Solved")),
    "solved": ("good", "circle-check", _("Solved")),
    "done": ("good", "circle-check", _("Done")),
    "closed": ("quiet", "archive", _("Closed")),
    "cancelled": ("quiet", "ban", _("Cancelled")),
    "reopened": ("warn", "refresh", _("Opened again")),
    "on_time": ("good", "clock", _("On time")),
    "running": ("info", "clock-play", _("Running")),
    "met": ("good", "circle-check", _("Met")),
    "due_soon": ("warn", "alarm", _("Due soon")),
    "late": ("bad", "alert-triangle", _("Late")),
    "breached": ("bad", "alert-triangle", _("Late")),
    "escalated": ("alarm", "stairs-up", _("Sent up")),
    "queued": ("quiet", "clock", _("Queued")),
    "sending": ("info", "send", _("Sending")),
    "sent": ("good", "check", _("Sent")),
    "failed": ("bad", "circle-x", _("Failed")),
    "in_doubt": ("warn", "question-mark", _("Not known whether it was sent")),
    "requested": ("info", "circle-dashed", _("Requested")),
    "opened": ("info", "circle-dashed", _("Opened")),
    "evidence": ("accent", "folder", _("Evidence is gathered")),
    "under_review": ("accent", "gavel", _("Under review")),
    "approved": ("good", "check", _("Approved")),
    "rejected": ("bad", "ban", _("Rejected")),
    "in_transit": ("info", "truck", _("On its way to us")),
    "received": ("accent", "package", _("Received")),
    "inspecting": ("accent", "search", _("Being inspected")),
    "decided": ("info", "gavel", _("Decided")),
    "remedy": ("warn", "tool", _("Remedy under way")),
    "settled": ("good", "circle-check", _("Settled by an offer")),
    "appealed": ("warn", "refresh", _("Appealed")),
    "refund": ("warn", "cash", _("Money is given back")),
    "store_credit": ("warn", "cash", _("Store credit is given")),
    "replacement": ("warn", "refresh", _("It is replaced")),
    "repair": ("warn", "tool", _("It is repaired")),
    "sent_back": ("warn", "truck", _("It is sent back")),
    "withdrawn": ("quiet", "x", _("Withdrawn")),
    "low": ("quiet", "arrow-down", _("Low")),
    "normal": ("neutral", "arrow-right", _("Normal")),
    "high": ("warn", "arrow-up", _("High")),
    "urgent": ("alarm", "urgent", _("Urgent")),
    "safety": ("alarm", "alert-octagon", _("Safety")),
}


def state_badge(state: str, label: Any = None, tone: str = "", icon_name: str = "") -> SafeString:
    """``{% state_badge ticket.state ticket.get_state_display %}``: a state in colour, icon and word.

    A code that STATES does not know is shown neutral, with its label (or the code itself); ``tone`` and ``icon_name``
    overrule.
    """
    known_tone, known_icon, known_label = STATES.get(str(state), ("neutral", "", state))
    return badge(label or known_label, tone or known_tone, icon_name or known_icon)


def badge(label: Any, tone: str = "neutral", icon_name: str = "") -> SafeString:
    """``{% badge _("VIP") "accent" "star" %}``: a word on a soft colour. Raises ``ValueError`` for an unknown tone."""
    if tone not in TONES:
        raise ValueError(f"unknown tone {tone!r}: one of {', '.join(TONES)}")
    return _badge(conditional_escape(label), tone, icon_name)


@lru_cache(maxsize=1024)
def _badge(label: SafeString, tone: str, icon_name: str) -> SafeString:
    drawing = icon(icon_name) if icon_name else ""
    return written(f'<span class="hk-badge hk-badge-{tone}">{drawing}{label}</span>')
