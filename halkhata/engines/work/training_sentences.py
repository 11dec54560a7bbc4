"""Notices about training as sentences in the reader's language."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.core.formatting import format_date, format_number
from halkhata.foundation.core.reader import current_reader


def recorded(data: dict[str, Any]) -> str:
    """A try was written down."""
    text = (
        _("Training “%(course)s”: passed with %(score)s points")
        if data.get("passed")
        else _("Training “%(course)s”: not passed, %(score)s points")
    )
    return text % {"course": _course(data), "score": format_number(data.get("score", 0), digits=_digits())}


def ends(data: dict[str, Any]) -> str:
    """One's own pass ends soon."""
    return _("Your course “%(course)s” counts until %(day)s only. Please renew it.") % {
        "course": _course(data), "day": _day(data),
    }  # fmt: skip


def ends_of(data: dict[str, Any]) -> str:
    """The pass of somebody one leads ends soon."""
    return _("%(person)s: the course “%(course)s” counts until %(day)s only.") % {
        "person": data.get("person", ""), "course": _course(data), "day": _day(data),
    }  # fmt: skip


def _course(data: dict[str, Any]) -> str:
    name_bn, name_en = (*data.get("course", ()), "", "")[:2]
    return in_reader_language(name_bn, name_en)


def _day(data: dict[str, Any]) -> str:
    reader = current_reader()
    return format_date(date.fromisoformat(data["until"]), language=reader.language, digits=reader.digits)


def _digits() -> Any:
    return current_reader().digits
