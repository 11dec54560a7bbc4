"""Months as the reader writes them."""

from datetime import date

from django import template

from halkhata.foundation.core.formatting import format_date
from halkhata.foundation.core.reader import current_reader

register = template.Library()


@register.filter(expects_localtime=False)
def monthyear(value: date | None) -> str:
    """``{{ sample.month|monthyear }}``: "November 2026", "নভেম্বর ২০২৬"."""
    if value is None:
        return ""
    reader = current_reader()
    # The long form begins with the day.
    return format_date(value, language=reader.language, digits=reader.digits).split(" ", 1)[1]
