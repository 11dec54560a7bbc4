"""Sentences of chat for notices to staff, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.engines.chat.choices import ChatKind
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader


def failed(data: dict[str, Any]) -> str:
    """A message of ours was refused."""
    return _("The message to %(to)s about %(number)s could not be sent. Choose another way.") % _values(data)


def in_doubt(data: dict[str, Any]) -> str:
    """Nobody knows whether a message of ours went."""
    return _("Nobody knows whether the message to %(to)s about %(number)s went. Look, and decide.") % _values(data)


def account_fails(data: dict[str, Any]) -> str:
    """An account does not work."""
    values = {"name": str(data.get("name", "")), "way": dict(ChatKind.choices).get(str(data.get("way", "")), "")}
    if data.get("fault") == "token":
        return _("%(way)s, %(name)s: the access token does not work any more. Nothing goes out.") % values
    return _("%(way)s, %(name)s does not work. Look at the account.") % values


def _values(data: dict[str, Any]) -> dict[str, str]:
    reader = current_reader()
    number = format_ref(str(data.get("number", "")), language=reader.language, digits=reader.digits)
    return {"to": str(data.get("to", "")), "number": number}
