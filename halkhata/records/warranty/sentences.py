"""The sentences of the warranty in a unit's life."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.core.formatting import format_number, format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.records.warranty.choices import Channel, VoidReason
from halkhata.records.warranty.words import day


def _on(data: dict[str, Any], name: str) -> str:
    try:
        return day(date.fromisoformat(str(data.get(name, ""))))
    except ValueError:
        return ""


def _ref(data: dict[str, Any], name: str) -> str:
    reader = current_reader()
    return format_ref(str(data.get(name, "")), language=reader.language, digits=reader.digits)


def _reason(data: dict[str, Any]) -> str:
    reason = str(data.get("reason", ""))
    return str(VoidReason(reason).label) if reason in VoidReason.values else reason


def _channel(data: dict[str, Any]) -> str:
    channel = str(data.get("channel", ""))
    return str(Channel(channel).label) if channel in Channel.values else channel


def _coupon(data: dict[str, Any]) -> str:
    number = format_number(int(data.get("n", 0) or 0), digits=current_reader().digits)
    if data.get("job"):
        return _("Free service %(n)s was used (%(job)s)") % {"n": number, "job": _ref(data, "job")}
    return _("Free service %(n)s was used") % {"n": number}


def _given_back(data: dict[str, Any]) -> str:
    number = format_number(int(data.get("n", 0) or 0), digits=current_reader().digits)
    return _("Free service %(n)s was given back (%(job)s)") % {"n": number, "job": _ref(data, "job")}


LIFE = {
    "warranty.started": lambda data: _("Warranty began, until %(until)s") % {"until": _on(data, "until")},
    "warranty.begun": lambda data: _("Installed: the warranty runs from %(on)s") % {"on": _on(data, "on")},
    "warranty.registered": lambda data: (
        _("Warranty registered: %(number)s (%(channel)s)") % {"number": _ref(data, "number"), "channel": _channel(data)}
    ),
    "warranty.extended": lambda data: _("Warranty extended until %(until)s") % {"until": _on(data, "until")},
    "warranty.voided": lambda data: _("Warranty made void: %(reason)s") % {"reason": _reason(data)},
    "warranty.ended": lambda _data: _("Warranty ended"),
    "warranty.ended_by_transfer": lambda _data: _("Warranty ended with the transfer, by its terms"),
    "warranty.moved_away": lambda data: _("Warranty went to the replacement %(to)s") % {"to": _ref(data, "to")},
    "warranty.moved_here": lambda data: (
        _("Warranty taken over from %(from)s") % {"from": _ref(data, "from")}
        if data.get("how") == "inherit"
        else _("New warranty as the replacement of %(from)s") % {"from": _ref(data, "from")}
    ),
    "coupon.used": _coupon,
    "coupon.given_back": _given_back,
}
