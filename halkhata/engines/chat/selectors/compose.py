"""Who may be written to about a piece of work, how long freely, and with which approved texts."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from halkhata.engines.chat.choices import TemplateState
from halkhata.engines.chat.models import ChatIdentity, ChatTemplate
from halkhata.engines.chat.policies import people_for
from halkhata.engines.chat.services.windows import Window, window_of
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader

MOST = 5


@dataclass(frozen=True, kw_only=True)
class Writable:
    """One person who may be written to."""

    person: ChatIdentity
    window: Window
    templates: list[ChatTemplate] = field(default_factory=list)

    @property
    def left(self) -> str:
        """The time left for free text, in words of the reader's language; "" when it is closed."""
        return left_words(self.window)


def writable_people(item: WorkItem) -> list[Writable]:
    """The people of an item, who wrote last first, in two queries."""
    rows = people_for(item).filter(account__is_active=True).select_related("account")
    people = sorted(rows[:50], key=lambda one: (one.last_wrote_at is None, -_stamp(one)))[:MOST]
    accounts = {one.account_id for one in people}
    approved: dict[int, list[ChatTemplate]] = {}
    if accounts:
        for row in ChatTemplate.objects.filter(account__in=accounts, state=TemplateState.APPROVED):
            approved.setdefault(row.account_id, []).append(row)
    return [Writable(person=one, window=window_of(one), templates=approved.get(one.account_id, [])) for one in people]


def newest_seen(item: WorkItem) -> int:
    """The id of the newest message of an item; 0 for none."""
    rows = Message.objects.filter(conversation__item_id=item.pk).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def left_words(window: Window) -> str:
    """How long free text may still go: days, or hours and minutes."""
    if not window.is_open:
        return ""
    minutes = window.minutes_left
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": _num(days)}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": _num(hours), "minutes": _num(minutes % 60)}
    return _("%(minutes)s min") % {"minutes": _num(minutes)}


def _num(value: int) -> Any:
    return format_number(value, digits=current_reader().digits)


def _stamp(person: ChatIdentity) -> float:
    return person.last_wrote_at.timestamp() if person.last_wrote_at else 0.0
