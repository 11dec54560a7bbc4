"""Fetching the files that came along: by a job, with limits, from Meta's addresses only."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.db import transaction

from halkhata.engines.chat.choices import ChatKind, MediaState
from halkhata.engines.chat.models import ChatMedia
from halkhata.engines.chat.services.secrets import secret_of
from halkhata.engines.chat.wire.graph import Verdict, call
from halkhata.engines.chat.wire.hooks import text
from halkhata.engines.messaging.models import MessageAttachment
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbound_http import AddressRefused, NoAnswer, send
from halkhata.foundation.files.services.storing import store_file

MOST_BYTES = 25 * 1024 * 1024
MOST_TRIES = 5
SECONDS = 60.0
# Where Meta keeps files: our token goes nowhere else.
META = (".facebook.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net")


class Failed(Exception):
    """``state`` is what becomes of the file; WAITING: it is tried again."""

    def __init__(self, state: MediaState) -> None:
        super().__init__(state)
        self.state = state


def fetch_media(pk: int) -> str:
    """Fetch one file; returns its state. Running it twice stores it once."""
    media = ChatMedia.objects.select_related("chat_message__account", "chat_message__message").get(pk=pk)
    if media.state != MediaState.WAITING:
        return media.state
    try:
        data = _bytes(media)
        file = store_file(name=media.name or f"{media.chat_message.content}-{media.pk}", data=data)
    except Failed as error:
        return _not_now(media, error.state)
    except DomainError:
        return _not_now(media, MediaState.FAILED)
    with transaction.atomic():
        row = ChatMedia.objects.select_for_update().get(pk=pk)
        if row.state == MediaState.WAITING:
            row.state, row.file, row.next_try_at, row.url = MediaState.STORED, file, None, ""
            row.save()
            MessageAttachment.objects.create(message=media.chat_message.message, file=file)
    return row.state


def due_media(limit: int = 100) -> list[int]:
    """Files to be fetched now."""
    rows = ChatMedia.objects.filter(state=MediaState.WAITING, next_try_at__lte=now())
    return list(rows.order_by("next_try_at", "id").values_list("id", flat=True)[:limit])


def _bytes(media: ChatMedia) -> bytes:
    account = media.chat_message.account
    if account.is_demo:
        raise Failed(MediaState.FAILED)
    if account.kind == ChatKind.MESSENGER:
        return _get(media.url, {})
    token = secret_of(account, "access_token")
    base = account.api_url.rstrip("/")
    found = call("GET", f"{base}/{media.media_id}", token, is_safe=True)
    if found.verdict != Verdict.DONE:
        raise Failed(MediaState.WAITING if found.verdict == Verdict.LATER else MediaState.FAILED)
    size = text(found.data, "file_size")
    if size.isascii() and size.isdigit() and int(size) > MOST_BYTES:
        raise Failed(MediaState.TOO_LARGE)
    url = text(found.data, "url")
    host = urlsplit(url).hostname or ""
    is_metas = host == urlsplit(base).hostname or host.endswith(META)
    return _get(url, {"Authorization": f"Bearer {token}"} if is_metas else {})


def _get(url: str, headers: dict[str, str]) -> bytes:
    try:
        answer = send("GET", url, headers=headers, seconds=SECONDS, max_answer=MOST_BYTES + 1)
    except AddressRefused:
        raise Failed(MediaState.FAILED) from None
    except NoAnswer:
        raise Failed(MediaState.WAITING) from None
    if answer.status != 200:
        raise Failed(MediaState.WAITING if answer.status in {429, 500, 502, 503} else MediaState.FAILED)
    if len(answer.body) > MOST_BYTES:
        raise Failed(MediaState.TOO_LARGE)
    return answer.body


def _not_now(media: ChatMedia, state: MediaState) -> str:
    tries = media.attempts + 1
    if state == MediaState.WAITING and tries >= MOST_TRIES:
        state = MediaState.FAILED
    ChatMedia.objects.filter(pk=media.pk, state=MediaState.WAITING).update(
        state=state, attempts=tries,
        next_try_at=now() + timedelta(seconds=30 * 2**tries) if state == MediaState.WAITING else None,
    )  # fmt: skip
    return str(state)
