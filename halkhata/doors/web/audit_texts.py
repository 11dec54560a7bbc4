"""What the audit trail kept as text, as the reader writes numbers, times and numbers of work."""

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.core.formatting import REF_LETTERS, format_datetime, format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.templatetags.halkhata import digits

_REF = re.compile(rf"(?<![\w-])([{''.join(REF_LETTERS)}]-[0-9]{{1,12}})(?![\w-])", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_IMPORTED = re.compile(r"import (\d+), row (\d+)", re.ASCII)


def shown(text: str) -> str:
    """A label or note with our numbers of work and its digits as the reader writes them."""
    reader = current_reader()
    pieces = _REF.split(text)
    return "".join(
        format_ref(piece, language=reader.language, digits=reader.digits) if place % 2 else str(digits(piece))
        for place, piece in enumerate(pieces)
    )


def note_shown(note: str) -> str:
    """A note; what an import writes of its row is said in the reader's language."""
    found = _IMPORTED.fullmatch(note)
    if found is None:
        return shown(note)
    return _("import %(run)s, row %(row)s") % {"run": digits(found[1]), "row": digits(found[2])}


def value_shown(value: Any) -> str:
    """A value of a changed field: a moment in the reader's zone, a number in the reader's digits, else as kept."""
    text = str(value)[:200]
    if _MOMENT.fullmatch(text):
        reader = current_reader()
        at = datetime.fromisoformat(text).astimezone(reader.zone)
        return format_datetime(at, language=reader.language, digits=reader.digits, style="short")
    return str(digits(text)) if text.replace(".", "", 1).isdigit() else text


def field_changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[dict[str, str]]:
    """The fields that differ, as text: old and new value."""
    old, new = before or {}, after or {}
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return [{"field": name, "old": _text(old.get(name)), "new": _text(new.get(name))} for name in changed]


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return str(value.get("name") or ", ".join(f"{key}: {_text(one)}" for key, one in value.items()))
    return value_shown(value)
