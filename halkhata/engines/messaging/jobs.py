"""Background work of the messaging engine."""

import logging

from halkhata.engines.messaging.choices import OutboundState, RawState
from halkhata.engines.messaging.models import Delivery, InboundRaw, Mailbox
from halkhata.engines.messaging.services.channel_state import note_reading_failed
from halkhata.engines.messaging.services.fetching import FetchError, fetch_mailbox
from halkhata.engines.messaging.services.inbound import process_raw
from halkhata.engines.messaging.services.mailboxes import try_sending
from halkhata.engines.messaging.services.sending import put_abandoned_in_doubt, send_one
from halkhata.engines.messaging.services.trial_sending import send_trial_now, tend_trials
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.jobs.backend import enqueue_once

logger = logging.getLogger(__name__)


@task(queue_name="mail")
def send_delivery(delivery_id: int) -> str:
    """Send one delivery if it is in line. Running it twice sends once."""
    return send_one(delivery_id)


@task(queue_name="mail")
def send_due_mail(limit: int = 200) -> int:
    """Put abandoned sendings in doubt and wake the retries whose time has come. Returns how many were woken."""
    put_abandoned_in_doubt()
    tend_trials()
    if outgoing_is_held():
        return 0
    due = Delivery.objects.filter(state=OutboundState.QUEUED, next_try_at__lte=now()).order_by("next_try_at", "id")
    ids = list(due.values_list("id", flat=True)[:limit])
    for delivery_id in ids:
        enqueue_once(send_delivery, f"send:{delivery_id}", delivery_id)
    return len(ids)


@task(queue_name="mail")
def send_trial(trial_id: int) -> str:
    """Send the test of a text if it is in line. Running it twice sends once."""
    return send_trial_now(trial_id)


@task(queue_name="mail")
def fetch_all_mailboxes() -> int:
    """Look into every active mailbox; each in a job of its own, so that a dead server delays no other."""
    ids = list(Mailbox.objects.filter(is_active=True, is_demo=False).exclude(imap_host="").values_list("id", flat=True))
    for mailbox_id in ids:
        enqueue_once(fetch_one_mailbox, f"fetch:{mailbox_id}", mailbox_id)
    return len(ids)


@task(queue_name="mail")
def fetch_one_mailbox(mailbox_id: int) -> int:
    """Fetch one mailbox and process what came in. Returns how many mails were new."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id, is_active=True, is_demo=False).first()
    if mailbox is None:
        return 0
    try:
        new = fetch_mailbox(mailbox)
    except FetchError as error:
        # Not a failed job: the timetable comes back in 20 seconds. The screen shows the words.
        logger.warning("mailbox %s: %s", mailbox.address, error)
        note_reading_failed(mailbox_id, code=error.code, said=error.said)
        return 0
    for raw_id in new:
        process_raw(raw_id)
    return len(new)


@task(queue_name="mail")
def process_waiting_mail(limit: int = 200) -> int:
    """Process stored mail that nobody has processed yet: after a kill, and retries. Returns how many were tried."""
    waiting = InboundRaw.objects.filter(state=RawState.STORED, next_try_at__lte=now()).order_by("next_try_at", "id")
    ids = list(waiting.values_list("id", flat=True)[:limit])
    for raw_id in ids:
        process_raw(raw_id)
    return len(ids)


@task(queue_name="mail")
def probe_mail_channels() -> int:
    """Greet the outgoing servers that failed and have nothing to send, so that their light goes green by itself.

    Each in a job of its own. Returns how many.
    """
    busy = Delivery.objects.filter(state__in=[OutboundState.QUEUED, OutboundState.SENDING]).values("mailbox_id")
    failing = Mailbox.objects.filter(is_active=True, is_demo=False).exclude(smtp_host="").exclude(last_send_code="")
    ids = list(failing.exclude(pk__in=busy.filter(mailbox_id__isnull=False)).values_list("id", flat=True))
    for mailbox_id in ids:
        enqueue_once(probe_one_channel, f"probe:{mailbox_id}", mailbox_id)
    return len(ids)


@task(queue_name="mail")
def probe_one_channel(mailbox_id: int) -> bool:
    """Greet one outgoing server. Nothing is sent."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id, is_active=True, is_demo=False).exclude(smtp_host="").first()
    return mailbox is not None and try_sending(mailbox).works
