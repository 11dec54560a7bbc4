"""The words of life lines and of the customer's timeline."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.core.formatting import format_number, format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.records.catalog.choices import UnitState, UsageUnit
from halkhata.records.catalog.models import UnitLife
from halkhata.records.catalog.registry import life_sentences


def shown_ref(number: str) -> str:
    """A number such as U-1001, as the reader writes it."""
    reader = current_reader()
    return format_ref(number, language=reader.language, digits=reader.digits)


def sentence_of(line: UnitLife) -> str:
    """One life line in the reader's language; the code itself where the app that wrote it is gone."""
    sentence = life_sentences.find(line.verb)
    return str(sentence(line.data)) if sentence is not None else line.verb


def _state(value: Any) -> str:
    return str(UnitState(value).label) if value in UnitState.values else str(value)


def _sold(data: dict[str, Any]) -> Any:
    return _("Sold with %(purchase)s") % {"purchase": shown_ref(str(data.get("purchase", "")))}


def _reversed(data: dict[str, Any]) -> Any:
    return _("The sale %(purchase)s was taken back") % {"purchase": shown_ref(str(data.get("purchase", "")))}


def _changed_state(data: dict[str, Any]) -> Any:
    return _("%(before)s → %(after)s") % {"before": _state(data.get("before")), "after": _state(data.get("state"))}


def _read(data: dict[str, Any]) -> Any:
    unit = data.get("unit", "")
    reader = current_reader()
    words = {
        "value": format_number(int(data.get("value", 0)), digits=reader.digits),
        "unit": str(UsageUnit(unit).label) if unit in UsageUnit.values else "",
    }
    if data.get("went_back"):
        return _("Reading %(value)s %(unit)s: below an earlier one") % words
    return _("Reading %(value)s %(unit)s") % words


def _what(data: dict[str, Any]) -> dict[str, str]:
    names = [in_reader_language(str(bn), str(en)) for bn, en in data.get("what", [])[:3]]
    return {"what": ", ".join(names), "number": shown_ref(str(data.get("number", "")))}


def _named(data: dict[str, Any]) -> dict[str, str]:
    return {
        "what": in_reader_language(str(data.get("bn", "")), str(data.get("en", ""))),
        "number": shown_ref(str(data.get("number", ""))),
    }


LIFE: dict[str, Any] = {
    "unit.created": lambda _data: _("Written down"),
    "unit.sold": _sold,
    "unit.sale_reversed": _reversed,
    "unit.given": lambda _data: _("Given as a replacement"),
    "unit.transferred": lambda _data: _("Handed on to another owner"),
    "unit.state": _changed_state,
    "unit.read": _read,
    "unit.corrected": lambda _data: _("Numbers or details were corrected"),
}
TIMELINE: dict[str, Any] = {
    "purchase.recorded": lambda data: _("Bought %(what)s (%(number)s)") % _what(data),
    "purchase.reversed": lambda data: _("The sale %(number)s was taken back") % _what(data),
    "unit.handed_on": lambda data: _("Handed on %(what)s (%(number)s)") % _named(data),
    "unit.taken_over": lambda data: _("Took over %(what)s (%(number)s)") % _named(data),
}
