"""The ceilings on what is done without a person, as the shop has set them (A52.5)."""

from dataclasses import dataclass
from datetime import timedelta

from halkhata.engines.messaging.models import MailLimits

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """``per_address`` automatic mails to one address within ``window_minutes``, ``per_hour`` of the whole shop within
    an hour, ``reopenings`` of one thread by mail within an hour."""

    per_address: int
    window_minutes: int
    per_hour: int
    reopenings: int

    @property
    def window(self) -> timedelta:
        """The time in which mails to one address are counted."""
        return timedelta(minutes=self.window_minutes)


def mail_limits() -> Limits:
    """The ceilings that hold now; the starting ones while nobody has changed any. One query."""
    row = MailLimits.objects.filter(pk=1).first() or MailLimits()
    return Limits(row.per_address, row.window_minutes, row.per_hour, row.reopenings)


def limits_version() -> int:
    """What ``save_limits`` takes as ``version``."""
    return MailLimits.objects.filter(pk=1).values_list("version", flat=True).first() or MailLimits().version
