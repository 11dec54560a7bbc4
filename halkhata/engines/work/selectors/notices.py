"""A person's notices as sentences, newest first."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import translation

from halkhata.engines.work.models import Notification
from halkhata.engines.work.registry import notification_sentences
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import Reader, current_reader, reader_context

PAGE_SIZE = 30
_TONES = {
    "promise.broken": "bad",
    "item.escalated": "bad",
    "item.demanded": "bad",
    "promise.warned": "warn",
    "account.locked": "warn",
    "training.ends": "warn",
    "training.ends_of": "warn",
}
_ICONS = {
    "item.opened": "inbox",
    "item.assigned": "user-check",
    "item.demanded": "speakerphone",
    "item.escalated": "stairs-up",
    "promise.warned": "alarm",
    "promise.broken": "alert-triangle",
    "account.locked": "lock",
    "call.ringing": "phone-incoming",
    "training.recorded": "book",
    "training.ends": "book",
    "training.ends_of": "book",
    "quality.scored": "star",
    "quality.answered": "star",
    "quality.disputed": "star",
}


# A notice of this verb pops up on the page of the person for as long as a telephone may ring.
POPS_UP, POPS_FOR = "call.ringing", timedelta(seconds=60)


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


def ringing_call(user: User) -> dict[str, Any] | None:
    """The unread notice of a call that rings now, in the words and digits of the person. One query, one index."""
    row = (
        Notification.objects.filter(user=user, verb=POPS_UP, read_at__isnull=True, at__gte=now() - POPS_FOR)
        .order_by("-at")
        .first()
    )
    sentence = notification_sentences.find(POPS_UP)
    if row is None or sentence is None:
        return None
    digits: Any = user.digits if user.digits != "auto" else ("bengali" if user.language == "bn" else "latin")
    language: Any = user.language
    with translation.override(language), reader_context(Reader(language=language, digits=digits)):
        return {"id": row.pk, "text": str(sentence(row.data)), "url": str(row.data.get("url", ""))}


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
