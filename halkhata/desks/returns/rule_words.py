"""The rules of a return in words: what was looked at, whether it holds, and the way out where it does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.returns.choices import Reason
from halkhata.foundation.core.formatting import format_date, format_ref, show_digits
from halkhata.foundation.core.reader import current_reader


@dataclass(frozen=True)
class RuleLine:
    """One rule as a page shows it."""

    code: str
    ok: bool
    text: str
    way_out: str = ""


def lines_of(rules: Sequence[dict[str, Any]]) -> list[RuleLine]:
    """The stored rules of a return as sentences in the reader's language."""
    return [_line(rule) for rule in rules]


def first_refusal(rules: Sequence[dict[str, Any]]) -> RuleLine | None:
    """The rule that stands against the return, if one does."""
    return next((_line(rule) for rule in rules if not rule["ok"]), None)


def _line(rule: dict[str, Any]) -> RuleLine:
    code, ok = str(rule["code"]), bool(rule["ok"])
    text = _SENTENCES[code](rule) if code in _SENTENCES else code
    way_out = "" if ok else _("A manager can accept it all the same, as goodwill, with a reason.")
    return RuleLine(code=code, ok=ok, text=text, way_out=way_out)


def _day(value: Any) -> str:
    reader = current_reader()
    return format_date(date.fromisoformat(str(value)), language=reader.language, digits=reader.digits, style="short")


def _ref(value: Any) -> str:
    reader = current_reader()
    return format_ref(str(value), language=reader.language, digits=reader.digits)


def _number(value: Any) -> str:
    return show_digits(str(value), digits=current_reader().digits)


def _sale(rule: dict[str, Any]) -> str:
    return _("Bought on %(day)s, memo %(number)s.") % {"day": _day(rule["day"]), "number": _ref(rule["number"])}


def _window(rule: dict[str, Any]) -> str:
    values = {"days": _number(rule["days"]), "last": _day(rule["last"])}
    if rule["ok"]:
        return _("Within the %(days)s days of our policy: until %(last)s.") % values
    if int(rule["days"]) == 0:
        return _("By our policy this cannot be given back for that reason.")
    return _("The %(days)s days of our policy were over on %(last)s.") % values


def _reason(rule: dict[str, Any]) -> str:
    label = Reason(rule["reason"]).label if rule["reason"] in Reason.values else rule["reason"]
    if rule["ok"]:
        return _("The reason is one for which we take it back: %(reason)s.") % {"reason": label}
    return _("For this reason our policy takes nothing back: %(reason)s.") % {"reason": label}


def _accessories(rule: dict[str, Any]) -> str:
    if rule["ok"]:
        return _("Box and accessories are complete, or need not be.")
    return _("Box and accessories must be complete, and something is missing.")


def _left(rule: dict[str, Any]) -> str:
    return _("Of %(sold)s bought, %(taken)s were given back before.") % {
        "sold": _number(rule["sold"]), "taken": _number(rule["taken"]),
    }  # fmt: skip


def _policy(rule: dict[str, Any]) -> str:
    if rule["ok"]:
        return _("Policy version %(version)s, in force when it was bought.") % {"version": _number(rule["version"])}
    return _("No return policy is published for this product.")


def _fee(rule: dict[str, Any]) -> str:
    return _("A fee of %(percent)s%% of the price is kept.") % {"percent": _number(rule["percent"])}


_SENTENCES = {
    "sale": _sale,
    "window": _window,
    "reason": _reason,
    "accessories": _accessories,
    "left": _left,
    "policy": _policy,
    "fee": _fee,
}
