"""What loading or clearing the demo made or removed, in words."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.core.templatetags.halkhata import num


def lines_of(done: dict[str, Any]) -> list[str]:
    """What was made or removed, one line each, in the active language."""
    names = {
        "customers": _("Customers"),
        "units": _("Units"),
        "tickets": _("Tickets"),
        "users": _("Staff"),
        "open_tickets": _("Open tickets"),
        "follow_ups": _("Calls to make or made"),
        "recovery_items": _("Recovery tasks"),
        "messages": _("Messages"),
        "mails_received": _("Mails received"),
        "deliveries_blocked": _("Mails held back, because demo data is never sent"),
        "survey_answers": _("Survey answers"),
        "sign_ins": _("User names"),
        "password": _("Password"),
    }
    return [f"{names[key]}: {_shown(value)}" for key, value in done.items()]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return num(value) if isinstance(value, int) else str(value)
