"""Dates and numbers in the reader's language."""

from datetime import date

from halkhata.foundation.core.formatting import format_date, format_number
from halkhata.foundation.core.reader import current_reader


def day(value: date) -> str:
    """The date in the reader's language."""
    reader = current_reader()
    return format_date(value, language=reader.language, digits=reader.digits, style="short")


def number(value: int) -> str:
    """The number in the reader's digits."""
    return format_number(value, digits=current_reader().digits)
