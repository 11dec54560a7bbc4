"""Short texts that wait for a person."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from halkhata.engines.messaging.models import TextMessage
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


def _waiting(user: User) -> QuerySet[TextMessage]:
    """Prepared for a phone number, and still of use. The same code by e-mail goes by itself."""
    useful = Q(expires_at__isnull=True) | Q(expires_at__gt=now())
    return texts_visible_to(user).filter(useful, state=TextState.PREPARED, channel=TextChannel.SMS).order_by("-id")


def waiting_texts(user: User, before: int | None = None) -> TextPage:
    """What can be told by phone or sent by hand, 50 a page, in one query."""
    rows = _waiting(user)
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    return TextPage(page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None)


def texts_of_item(user: User, item: WorkItem, limit: int = 3) -> list[TextMessage]:
    """The same for one item, newest first, in one query."""
    return list(_waiting(user).filter(item_id=item.pk)[:limit])
