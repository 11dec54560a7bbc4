"""Sentences of this desk: why a unit is due, what the customer reads."""

from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from halkhata.desks.aftercare.choices import ReminderKind, Step
from halkhata.foundation.core.formatting import format_date, format_number
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import current_reader
from halkhata.records.catalog.choices import UsageUnit
from halkhata.records.warranty.words import day, number


def why_words(why: dict[str, Any], usage_unit: str = "") -> str:
    """Why it is due on its day, in the reader's language."""
    by = why.get("by")
    if by == "window":
        return _("Free service %(number)s can be used until then.") % {"number": number(int(why.get("number", 0)))}
    if by == "contract":
        return _("The extended warranty or service contract ends then.")
    since = _("Last service or sale: %(day)s.") % {"day": day(date.fromisoformat(str(why["anchor"])))}
    if by == "usage":
        unit = str(UsageUnit(usage_unit).label) if usage_unit in UsageUnit.values else ""
        return (
            _("%(value)s %(unit)s were read on %(day)s, about %(a_day)s a day: %(target)s are reached then.")
            % {
                "value": number(int(why["value"])), "unit": unit, "day": day(date.fromisoformat(str(why["read_on"]))),
                "a_day": number(why["a_day"]), "target": number(int(why["target"])),
            }
            + " " + since
        )  # fmt: skip
    return _("By the months between services.") + " " + since


def text_words(*, kind: str, step: str, product: str, due_on: date, language: str) -> str:
    """The short text, in the active language (the customer's). Short: each part of an SMS costs."""
    install = Installation.current()
    spoken: Literal["bn", "en"] = "bn" if language == "bn" else "en"
    on = format_date(due_on, language=spoken, digits=install.digits_in(spoken), style="short")
    values = {"product": product, "day": on, "shop": install.name, "phone": install.phone}
    if kind == ReminderKind.COUPON:
        words = _("%(product)s: your free service ends on %(day)s. Please come before. %(shop)s %(phone)s")
    elif kind == ReminderKind.RENEWAL:
        words = _("%(product)s: your extended warranty ends on %(day)s. Renew it with us. %(shop)s %(phone)s")
    elif step == Step.AFTER:
        words = _("%(product)s: service was due on %(day)s. Please come soon. %(shop)s %(phone)s")
    else:
        words = _("%(product)s: service is due on %(day)s. %(shop)s %(phone)s")
    return (words % values).strip()


def recall_words(*, text: str, product: str, stop_use: bool) -> str:
    """The short text of a recall, in the active language (the customer's)."""
    install = Installation.current()
    words = f"{product}: {text}"
    if stop_use:
        words += " " + _("Please do not use it until then.")
    return f"{words} {install.name} {install.phone}".strip()


def share(part: int, whole: int) -> str:
    """A share in per cent, in the reader's digits."""
    return format_number(round(100 * part / whole) if whole else 0, digits=current_reader().digits)
