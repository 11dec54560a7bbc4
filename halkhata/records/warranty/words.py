"""Dates, numbers and what is covered, in the reader's language."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from halkhata.foundation.core.formatting import format_date, format_number
from halkhata.foundation.core.reader import current_reader


def day(value: date) -> str:
    """The date in the reader's language."""
    reader = current_reader()
    return format_date(value, language=reader.language, digits=reader.digits, style="short")


def number(value: int) -> str:
    """The number in the reader's digits."""
    return format_number(value, digits=current_reader().digits)


def length(months: int) -> str:
    """ "10 years" for 120, "18 months" for 18."""
    years, rest = divmod(months, 12)
    if rest == 0:
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": number(years)}
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": number(months)}


def usage(limit: int | None, usage_unit: str) -> str:
    """ "30,000 km"; "" without a limit."""
    return f"{number(limit)} {usage_short(usage_unit)}".strip() if limit is not None else ""


def usage_short(usage_unit: str) -> str:
    """What use is counted in, in a few letters."""
    return {"km": _("km"), "h": _("hours"), "cycles": _("cycles")}.get(usage_unit, "")


def covered(*, parts: bool, labour: bool, visit: bool, exchange: bool) -> str:
    """What of a repair is free: "Spare parts, Labour"."""
    words = ((_("Spare parts"), parts), (_("Labour"), labour), (_("Visit"), visit), (_("Exchange"), exchange))
    return ", ".join(word for word, holds in words if holds)
