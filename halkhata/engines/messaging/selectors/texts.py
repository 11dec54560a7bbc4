"""Short texts that wait for a person."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Message, TextMessage
from halkhata.engines.messaging.text_choices import TextChannel, TextState
from halkhata.engines.messaging.text_policies import texts_visible_to
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

PAGE = 50


@dataclass(frozen=True, slots=True)
class TextPage:
    """Rows newest first, and the id to go on from, None at the end."""

    rows: list[TextMessage]
    older: int | None


BOXES: dict[str, tuple[Any, Q]] = {
    "waiting": (_("To tell or to send"), Q()),
    "held": (_("Held until later"), Q(state=TextState.HELD)),
    "refused": (_("Refused by a rule"), Q(state=TextState.REFUSED)),
    "leaving": (_("On its way"), Q(state__in=[TextState.QUEUED, TextState.SENDING])),
    "ended": (
        _("Sent, failed, in doubt"),
        Q(
            state__in=[
                TextState.SENT,
                TextState.DELIVERED,
                TextState.BY_HAND,
                TextState.FAILED,
                TextState.IN_DOUBT,
            ]
        ),
    ),
}


def _waiting(user: User) -> QuerySet[TextMessage]:
    """Prepared for a phone number, and still of use. The same code by e-mail goes by itself."""
    useful = Q(expires_at__isnull=True) | Q(expires_at__gt=now())
    return texts_visible_to(user).filter(useful, state=TextState.PREPARED, channel=TextChannel.SMS).order_by("-id")


def waiting_texts(user: User, before: int | None = None, box: str = "waiting") -> TextPage:
    """What can be told by phone or sent by hand, 50 a page, in one query; another ``box`` shows the others."""
    rows = _waiting(user) if box == "waiting" else texts_visible_to(user).filter(BOXES[box][1]).order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    return TextPage(page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None)


def texts_of_item(user: User, item: WorkItem, limit: int = 3) -> list[TextMessage]:
    """The same for one item, newest first, in one query."""
    return list(_waiting(user).filter(item_id=item.pk)[:limit])


def waits_for_hand(message: Message) -> bool:
    """Whether this line of a thread is a short text that nothing carries: somebody sends it by hand."""
    return TextMessage.objects.filter(message=message, state=TextState.PREPARED).exists()
