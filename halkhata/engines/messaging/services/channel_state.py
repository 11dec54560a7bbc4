"""Writing down whether a direction of a mailbox works. The first failure of those that go on keeps its time."""

from django.db.models import Value
from django.db.models.functions import Coalesce

from halkhata.engines.messaging.models import Mailbox
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text


def note_reading_failed(mailbox_id: int, *, code: str, said: str) -> None:
    """Reading failed with ``code`` (mail_errors.py)."""
    Mailbox.objects.filter(pk=mailbox_id).update(
        last_fetch_code=code,
        last_fetch_error=clean_text(said)[:500],
        fetch_failing_since=Coalesce("fetch_failing_since", Value(now())),
    )


def note_sending_failed(mailbox_id: int, *, code: str, said: str) -> None:
    """The server of this mailbox does not take mail, whatever mail it is."""
    Mailbox.objects.filter(pk=mailbox_id).update(
        last_send_code=code,
        last_send_error=clean_text(said)[:500],
        send_failing_since=Coalesce("send_failing_since", Value(now())),
    )


def note_sending_works(mailbox_id: int) -> None:
    """The server took a mail, or our greeting and password."""
    Mailbox.objects.filter(pk=mailbox_id).update(
        last_send_at=now(), last_send_code="", last_send_error="", send_failing_since=None
    )
