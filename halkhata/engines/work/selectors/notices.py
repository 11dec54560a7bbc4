"""A person's notices as sentences, newest first."""

from dataclasses import dataclass
from typing import Any

from halkhata.engines.work.models import Notification
from halkhata.engines.work.registry import notification_sentences
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader

PAGE_SIZE = 30
_TONES = {
    "promise.broken": "bad",
    "item.escalated": "bad",
    "item.demanded": "bad",
    "promise.warned": "warn",
    "account.locked": "warn",
}
_ICONS = {
    "item.opened": "inbox",
    "item.assigned": "user-check",
    "item.demanded": "speakerphone",
    "item.escalated": "stairs-up",
    "promise.warned": "alarm",
    "promise.broken": "alert-triangle",
    "account.locked": "lock",
}


@dataclass(frozen=True)
class Notice:
    """One notice: the sentence in the reader's language, its drawing and weight."""

    row: Notification
    text: Any
    icon: str
    tone: str


@dataclass(frozen=True)
class NoticePage:
    """One page of notices; ``older`` is the id to go on before, empty at the end."""

    notices: list[Notice]
    unread: bool
    older: str


def notice_page(user: User, *, before: str = "") -> NoticePage:
    """A page of the user's notices by keyset: one query, one more to know whether any is unread."""
    rows = Notification.objects.filter(user=user)
    if before.isascii() and before.isdigit() and len(before) <= 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.select_related("item").order_by("-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return NoticePage(
        notices=[_notice(row) for row in shown],
        unread=Notification.objects.filter(user=user, read_at__isnull=True).exists(),
        older=str(shown[-1].pk) if len(found) > PAGE_SIZE else "",
    )


def _notice(row: Notification) -> Notice:
    sentence = notification_sentences.find(row.verb)
    if sentence is not None:
        text = sentence(row.data)
    else:
        text = show_digits(str(row.data.get("subject", row.verb)), digits=current_reader().digits)
    return Notice(row=row, text=text, icon=_ICONS.get(row.verb, "bell"), tone=_TONES.get(row.verb, ""))
