"""Background work for short texts."""

from datetime import timedelta

from halkhata.engines.messaging.choices import RawState
from halkhata.engines.messaging.models import InboundText, TextMessage
from halkhata.engines.messaging.services.text_arriving import process_text
from halkhata.engines.messaging.services.text_replies import note_answers_gone
from halkhata.engines.messaging.services.text_sending import put_dead_in_doubt, send_text_now
from halkhata.engines.messaging.services.texts import wake_held, withdraw_expired
from halkhata.engines.messaging.text_choices import TextState
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.jobs.backend import enqueue_once


@task(queue_name="mail")
def send_text(message_id: int) -> str:
    """Send one short text if it is in line. Running it twice sends once."""
    if outgoing_is_held():
        return ""
    state = send_text_now(message_id)
    note_answers_gone(only=message_id)
    return state


@task()
def tidy_texts() -> int:
    """Forget codes that have run out, name in doubt what died while being sent, wake what was held until now, and what
    still stands in line.

    Returns how many rows were looked at.
    """
    changed = put_dead_in_doubt() + withdraw_expired()
    changed += wake_held()
    changed += note_answers_gone()
    waiting = TextMessage.objects.filter(state=TextState.QUEUED, prepared_at__lte=now() - timedelta(minutes=1))
    ids = list(waiting.values_list("pk", flat=True)[:200])
    for message_id in ids:
        enqueue_once(send_text, f"text:{message_id}", message_id)
    return changed + len(ids)


@task(queue_name="mail")
def process_waiting_texts(limit: int = 200) -> int:
    """Process texts that came in and that nobody has processed yet: after a kill, and retries. Returns how many."""
    waiting = InboundText.objects.filter(state=RawState.STORED, next_try_at__lte=now()).order_by("next_try_at", "id")
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    for text_id in ids:
        process_text(text_id)
    return len(ids)
