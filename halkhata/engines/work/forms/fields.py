"""Fields of the settings pages: opening hours and spans of time as people write them, in either script."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.promise.calendar import MINUTES_A_DAY, Hours
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.own_numbers import OwnNumber, text_in_field
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text, fold_digits

_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
_STRETCH = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to)\s*{_CLOCK}", re.ASCII)
_SPAN = re.compile(r"(\d{1,4})(?:[:.](\d{2}))?", re.ASCII)


def parse_hours(text: str) -> Hours:
    """Opening hours of a day in minutes: "09:00-13:00, 14:00-20:00"; empty is closed. Raises ValueError."""
    hours: list[tuple[int, int]] = []
    for part in re.split(r"[,;،]", fold_digits(clean_text(text))):
        if not part.strip():
            continue
        match = _STRETCH.fullmatch(part.strip())
        if match is None:
            raise ValueError(part.strip())
        start = int(match[1]) * 60 + int(match[2] or 0)
        end = int(match[3]) * 60 + int(match[4] or 0)
        if not 0 <= start < end <= MINUTES_A_DAY or int(match[2] or 0) > 59 or int(match[4] or 0) > 59:
            raise ValueError(part.strip())
        hours.append((start, end))
    return tuple(sorted(hours))


def write_hours(hours: Hours) -> str:
    """The hours as ``parse_hours`` reads them."""
    return ", ".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in hours)


class HoursField(forms.CharField):
    """Opening hours of one day, as text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=120, **kwargs)

    def clean(self, value: Any) -> Hours:
        text = super().clean(value)
        try:
            return parse_hours(text)
        except ValueError as error:
            raise forms.ValidationError(
                _("Write hours like 09:00-13:00, 14:00-20:00; leave it empty for a closed day.")
            ) from error

    def prepare_value(self, value: Any) -> Any:
        return text_in_field(write_hours(tuple(value))) if isinstance(value, tuple | list) else value


class SpanField(forms.CharField):
    """A promised time as hours and minutes ("4", "1:30"); the value is minutes, or None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=8, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = fold_digits(clean_text(super().clean(value)))
        if not text:
            return None
        match = _SPAN.fullmatch(text)
        if match is None or int(match[2] or 0) > 59:
            raise forms.ValidationError(_("Write hours and minutes like 4 or 1:30."))
        return int(match[1]) * 60 + int(match[2] or 0)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return text_in_field(f"{value // 60}:{value % 60:02d}" if value % 60 else str(value // 60))


class NumberField(OwnNumber, forms.CharField):
    """A whole number in Bengali or Latin digits."""

    def __init__(self, *, lowest: int = 0, highest: int = 1000, **kwargs: Any) -> None:
        self.lowest, self.highest = lowest, highest
        super().__init__(max_length=6, **kwargs)

    def clean(self, value: Any) -> int:
        text = fold_digits(clean_text(super().clean(value)))
        if not text:
            return 0
        if not (text.isascii() and text.isdigit() and self.lowest <= int(text) <= self.highest):
            digits = current_reader().digits
            raise forms.ValidationError(
                _("Write a number from %(lowest)s to %(highest)s."),
                params={
                    "lowest": format_number(self.lowest, digits=digits),
                    "highest": format_number(self.highest, digits=digits),
                },
            )
        return int(text)
