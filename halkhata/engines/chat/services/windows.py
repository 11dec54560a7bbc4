"""How long we may still write freely to somebody (A52.20): counted from their own last message."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from halkhata.engines.chat.choices import ChatKind
from halkhata.engines.chat.models import ChatIdentity
from halkhata.foundation.core.clock import now

FREE = timedelta(hours=24)
# Messenger lets a person, not a machine, answer for seven days ("human agent").
BY_A_PERSON = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Window:
    """``closes_at`` None: they have never written. ``needs_tag``: only as a person's answer (Messenger)."""

    closes_at: datetime | None
    needs_tag: bool
    at: datetime

    @property
    def is_open(self) -> bool:
        """Whether free text may go."""
        return self.closes_at is not None and self.at < self.closes_at

    @property
    def minutes_left(self) -> int:
        """Whole minutes until it closes; 0 when it is closed."""
        return int((self.closes_at - self.at).total_seconds() // 60) if self.closes_at and self.is_open else 0


def window_of(identity: ChatIdentity, at: datetime | None = None) -> Window:
    """The window of a person at a moment (now)."""
    moment, last = at or now(), identity.last_wrote_at
    if last is None:
        return Window(closes_at=None, needs_tag=False, at=moment)
    free_until = last + FREE
    if identity.account.kind == ChatKind.MESSENGER and moment >= free_until:
        return Window(closes_at=last + BY_A_PERSON, needs_tag=True, at=moment)
    return Window(closes_at=free_until, needs_tag=False, at=moment)


def last_by_whatsapp(customers: Collection[int]) -> datetime | None:
    """When one of these customers last wrote by WhatsApp (messaging's ``channel_windows``)."""
    rows = ChatIdentity.objects.filter(customer__in=list(customers), account__kind=ChatKind.WHATSAPP)
    return rows.aggregate(last=Max("last_wrote_at"))["last"]
