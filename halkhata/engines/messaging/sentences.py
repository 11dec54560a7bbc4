"""Sentences for notices to staff and for the customer's timeline, in the reader's language."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Channel
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader


def _number(data: dict[str, Any]) -> str:
    reader = current_reader()
    return format_ref(str(data.get("number", "")), language=reader.language, digits=reader.digits)


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": _number(data),
        "address": data.get("address", ""),
        "by": data.get("by", ""),
        "channel": dict(Channel.choices).get(data.get("channel", ""), ""),
    }


def _sentence(text: Promise) -> Any:
    return lambda data: text % _values(data)


def _call(data: dict[str, Any]) -> Any:
    if data.get("outbound"):
        text = (
            _("We called about %(number)s")
            if data.get("answered")
            else _("We called about %(number)s, nobody answered")
        )
    else:
        text = (
            _("Called us about %(number)s")
            # Rows of before say nothing about whether the call was taken.
            if data.get("answered", True)
            else _("Called us about %(number)s, nobody answered")
        )
    return text % _values(data)


NOTICES: dict[str, Any] = {
    "message.received": _sentence(_("The customer wrote again on %(number)s")),
    "message.mentioned": _sentence(_("%(by)s mentioned you in a note on %(number)s")),
    "message.staff_by_mail": _sentence(
        _("You wrote a mail about %(number)s. It did not go to the customer: write your answer in the ticket.")
    ),
    "message.copy_failed": _sentence(
        _("The copy to %(address)s on %(number)s was refused. The others got the message.")
    ),
    "message.failed": _sentence(_("A message to %(address)s on %(number)s could not be sent")),
    "message.in_doubt": _sentence(
        _("Nobody knows whether a message to %(address)s on %(number)s has gone out. Please look and decide.")
    ),
    "message.bounced": _sentence(_("%(address)s does not take mail: a message on %(number)s came back")),
    "message.rate_limited": _sentence(
        _("Too many automatic messages to %(address)s: the one on %(number)s was kept back")
    ),
    "message.loop_stopped": _sentence(
        _("A machine seems to answer on %(number)s. Nothing automatic is sent there any more.")
    ),
}
TIMELINE: dict[str, Any] = {
    "message.received": _sentence(_("Wrote to us about %(number)s (%(channel)s)")),
    "message.sent": _sentence(_("We answered on %(number)s (%(channel)s)")),
    "message.public_note": _sentence(_("Public note on %(number)s: the customer can read it")),
    "message.call": _call,
    "message.address_lifted": _sentence(_("Mail is sent to %(address)s again")),
}
