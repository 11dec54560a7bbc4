"""Lines of the evidence file that this desk writes itself (evidence.py), said in the reader's words again."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.disputes.choices import EvidenceKind
from halkhata.desks.disputes.models import EvidenceItem
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.core.templatetags.halkhata import digits, localdate, localdt, money, num

_ITEM = re.compile(
    r"(?P<head>.*)\nstate=(?P<state>\S*) owner=(?P<owner>.*) branch=(?P<branch>.*)\n"
    r"opened=(?P<opened>\S+) first_answer=(?P<first>\S+) resolved=(?P<resolved>\S+) late=(?P<late>yes|no)"
)
_EVENT = re.compile(r"(?P<at>\S+) (?P<kind>[a-z_]+) ?(?P<actor>.*?)(?P<data>(?: \w+=.*)?)")
_TO = re.compile(r" to=(\w+)")
_SALE = re.compile(
    r"memo=(?P<memo>.*) date=(?P<date>\S+) branch=(?P<branch>.*) customer=(?P<customer>.*)\n"
    r"product=(?P<product>.*) quantity=(?P<quantity>\S+) price=(?P<price>\S+) discount=(?P<discount>\S+) "
    r"(?P<currency>\S+)(?:\nreversed=(?P<reversed>\S+))?"
)
_MINUTES = re.compile(r"(?P<day>\S+) (?P<minutes>\d+) min: (?P<what>.*)", re.DOTALL)
_NUMBER = re.compile(r"\b([A-Z]{1,3})-\d+")


def _item(line: EvidenceItem) -> str | None:
    found = _ITEM.fullmatch(line.text)
    if found is None:
        return None
    return _lines(
        (_("State"), _state(found["head"], found["state"])), (_("Owner"), found["owner"]),
        (_("Branch"), found["branch"]), (_("Opened"), _moment(found["opened"])),
        (_("First answer"), _moment(found["first"])), (_("Resolved"), _moment(found["resolved"])),
        (_("Late"), _("Yes") if found["late"] == "yes" else _("No")),
    )  # fmt: skip


def _history(line: EvidenceItem) -> str | None:
    said = []
    for text in line.text.split("\n"):
        found = _EVENT.fullmatch(text)
        if found is None or found["kind"] not in WorkEventKind.values:
            said.append(text)
            continue
        what = str(WorkEventKind(found["kind"]).label)
        if found["kind"] == WorkEventKind.NOTE and " public=True" in found["data"]:
            what = _("Public note")
        to = _TO.search(found["data"])
        if to is not None and found["kind"] == WorkEventKind.STATE_CHANGED:
            what = f"{what}: {_state(line.title, to[1])}"
        said.append(" · ".join(filter(None, (_moment(found["at"]), what, found["actor"]))))
    return "\n".join(said)


def _sale(line: EvidenceItem) -> str | None:
    found = _SALE.fullmatch(line.text)
    if found is None:
        return None
    currency = found["currency"]
    return _lines(
        (_("Memo"), digits(found["memo"])), (_("Date"), localdate(date.fromisoformat(found["date"]), "short")),
        (_("Branch"), found["branch"]), (_("Customer"), found["customer"]), (_("Product"), digits(found["product"])),
        (_("Quantity"), num(found["quantity"])), (_("Price"), money(found["price"], currency)),
        (_("Discount"), money(found["discount"], currency)),
        (_("Sale taken back on"), _moment(found["reversed"] or "")),
    )  # fmt: skip


def _minutes(line: EvidenceItem) -> str | None:
    found = _MINUTES.fullmatch(line.text)
    if found is None:
        return None
    return " · ".join(
        (
            localdate(date.fromisoformat(found["day"]), "short"),
            _("%(minutes)s minutes") % {"minutes": num(int(found["minutes"]))}, found["what"],
        )
    )  # fmt: skip


def _message(line: EvidenceItem) -> str | None:
    if line.kind == EvidenceKind.CALL and line.text in {"answered", "not answered"}:
        return _("The call was answered.") if line.text == "answered" else _("Nobody answered the call.")
    return None


def _life(_line: EvidenceItem) -> str | None:
    # The heading is the sentence.
    return ""


def _state(text: str, code: str) -> str:
    """The label of a state of the kind of work whose number stands in ``text``."""
    number = _NUMBER.search(text)
    for kind in item_kinds:
        if number is not None and kind.prefix == number[1]:
            return str(dict(kind.states).get(code, code))
    return code


def _moment(text: str) -> str:
    try:
        return str(localdt(datetime.fromisoformat(text), "short"))
    except ValueError:
        return ""


def _lines(*pairs: tuple[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs if value)


SAID_OF_SOURCE: dict[str, Callable[[EvidenceItem], str | None]] = {
    "item": _item, "history": _history, "purchase_line": _sale, "minutes": _minutes, "message": _message,
    "life": _life,
}  # fmt: skip
