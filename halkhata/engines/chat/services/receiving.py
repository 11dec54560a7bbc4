"""Taking what a webhook tells: kept first, worked on afterwards, each thing once (F13, B75)."""

from datetime import timedelta

from django.db import transaction
from django.utils.module_loading import import_string

from halkhata.engines.chat.choices import EventKind, EventState
from halkhata.engines.chat.models import ChatAccount, ChatEvent
from halkhata.engines.chat.services.secrets import secret_of
from halkhata.engines.chat.wire.hooks import is_signed, read_hook
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs.backend import enqueue_once

# By name, as the timetable names its tasks: the job imports the services, not the other way round.
WORK_TASK = "halkhata.engines.chat.jobs.work_on_events"
# Meta repeats for seven days; a clock of theirs may go a little ahead.
OLDEST, AHEAD = timedelta(days=60), timedelta(minutes=5)


def find_account(key: str) -> ChatAccount | None:
    """The account that this address belongs to, while it is in use and not invented."""
    return ChatAccount.objects.filter(key=key, is_active=True, is_demo=False).first()


def is_genuine(account: ChatAccount, body: bytes, signature: str) -> bool:
    """Whether Meta signed these bytes for this account."""
    return is_signed(secret_of(account, "app_secret"), body, signature)


def take_hook(*, account: ChatAccount, body: bytes) -> int:
    """Keep everything a genuine webhook tells. Returns how much of it was new; the same again changes nothing."""
    at = now()
    told = read_hook(account.kind, account.external_id, body)
    with transaction.atomic():
        keys = [one.key for one in told]
        known = set(ChatEvent.objects.filter(account=account, key__in=keys).values_list("key", flat=True))
        rows = []
        for one in told:
            if one.key in known:
                continue
            happened = one.at if one.at is not None and at - OLDEST < one.at < at + AHEAD else at
            rows.append(
                ChatEvent(
                    account=account, key=one.key, kind=one.kind, body=_storable(one.body),
                    happened_at=min(happened, at), received_at=at, next_try_at=at,
                    state=EventState.IGNORED if one.kind == EventKind.OTHER else EventState.STORED,
                    reason="not_for_us" if one.kind == EventKind.OTHER else "",
                )
            )  # fmt: skip
        # Whoever came first in the same moment has it: the constraint decides.
        ChatEvent.objects.bulk_create(rows, ignore_conflicts=True)
        ChatAccount.objects.filter(pk=account.pk).update(last_heard_at=at)
        if rows:
            enqueue_once(import_string(WORK_TASK), f"chat:{account.pk}", account.pk)
    return len(rows)


def _storable(value: object) -> object:
    """Without what PostgreSQL cannot keep in JSON: NUL and half a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {str(_storable(name)): _storable(one) for name, one in value.items()}
    return value
