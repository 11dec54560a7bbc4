"""How the SMS channel is set, and what an SMS costs."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from halkhata.engines.messaging.models import PrayerTimes, ShortText, TextingSettings
from halkhata.engines.messaging.news_choices import NewsBySms
from halkhata.engines.messaging.texting.segments import SmsSize, sms_form, sms_size
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.country_packs.texting import Span, read_spans


@dataclass(frozen=True, slots=True)
class Texting:
    """The channel as it is set now. ``price`` of one part, None while unknown; ``hours`` None for the country's;
    ``a_day`` None for as many as the country allows, ``a_week`` None for any number."""

    price: Decimal | None
    currency: str
    sender_name: str
    hours: tuple[time, time] | None
    a_day: int | None
    a_week: int | None
    version: int
    news: str = NewsBySms.NO_MAIL.value


@dataclass(frozen=True, slots=True)
class Measured:
    """An SMS as it would be sent: its size, and its price when the price of a part is known."""

    text: str
    size: SmsSize
    price: Decimal | None
    currency: str


def texting_settings() -> Texting:
    """One query; the starting values while nobody has changed any."""
    row = TextingSettings.objects.filter(pk=1).first() or TextingSettings()
    hours = (row.opens, row.closes) if row.opens is not None and row.closes is not None else None
    currency = row.currency or Installation.current().currency
    return Texting(row.price, currency, row.sender_name, hours, row.a_day, row.a_week, row.version, row.news)


def measure(text: str, settings: Texting) -> Measured:
    """What a typed text comes to as an SMS."""
    sent = sms_form(text)
    size = sms_size(sent)
    price = None if settings.price is None else settings.price * size.segments
    return Measured(sent, size, price, settings.currency)


def own_prayer_times(branch: Branch | None) -> PrayerTimes | None:
    """The prayer times set for the branch or for the nearest one above it; None where the country's table holds."""
    if branch is None:
        return None
    above = [int(part) for part in branch.path.split("/") if part]
    rows = {row.branch_id: row for row in PrayerTimes.objects.filter(branch_id__in=above)}
    return next((rows[pk] for pk in reversed(above) if pk in rows), None)


def prayer_spans(row: PrayerTimes) -> tuple[tuple[tuple[Span, ...], ...], tuple[Span, ...]]:
    """The months and the Friday of a row as times."""
    return tuple(read_spans(month) for month in row.months), read_spans(row.friday)


def short_texts(*, active_only: bool = False) -> list[ShortText]:
    """Ready texts by name."""
    rows = ShortText.objects.all()
    return list(rows.filter(is_active=True) if active_only else rows)
