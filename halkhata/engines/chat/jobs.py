"""Work of chat that nobody waits for."""

from halkhata.engines.chat.choices import ChatKind
from halkhata.engines.chat.models import ChatAccount
from halkhata.engines.chat.services.health import check_account
from halkhata.engines.chat.services.media import due_media, fetch_media
from halkhata.engines.chat.services.names import fetch_name
from halkhata.engines.chat.services.processing import due_events, forget_old, process_event
from halkhata.engines.chat.services.sending import put_abandoned_in_doubt, send_one, wake_due
from halkhata.engines.chat.services.templates import sync_templates
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.jobs.backend import enqueue_once

# A flood of webhooks is worked off in one go, but no job runs for ever.
MOST_ROUNDS = 20


@task()
def work_on_events(account_id: int) -> int:
    """Work on what a webhook has just told. Returns how many events."""
    done = 0
    for _round in range(MOST_ROUNDS):
        ids = due_events(account_id)
        for pk in ids:
            process_event(pk)
        done += len(ids)
        if not ids:
            break
    _fetch_due()
    return done


@task(queue_name="mail")
def send_chat(pk: int) -> str:
    """Send one message if it is in line. Running it twice sends once."""
    return send_one(pk)


@task(queue_name="mail")
def fetch_file(pk: int) -> str:
    """Fetch one file that came along."""
    return fetch_media(pk)


@task(queue_name="mail")
def ask_for_name(pk: int) -> str:
    """Ask Meta what somebody on Messenger is called."""
    return fetch_name(pk)


@task()
def tend_chat() -> int:
    """What was left over: events after a kill and their retries, files, messages due, senders that died."""
    ids = due_events()
    for pk in ids:
        process_event(pk)
    _fetch_due()
    put_abandoned_in_doubt()
    return len(ids) + wake_due()


@task(queue_name="mail")
def check_accounts() -> int:
    """Look at the token of every account in use. Returns how many work."""
    accounts = ChatAccount.objects.filter(is_active=True, is_demo=False).select_related("branch")
    return sum(check_account(one) for one in accounts)


@task(queue_name="mail")
def sync_all_templates() -> int:
    """Read the templates of every number of WhatsApp. Returns how many there are."""
    rows = ChatAccount.objects.filter(is_active=True, is_demo=False, kind=ChatKind.WHATSAPP).exclude(business_id="")
    return sum(max(0, sync_templates(one)) for one in rows)


@task()
def forget_old_events() -> int:
    """Forget what was told long ago and is done with."""
    return forget_old()


def _fetch_due() -> None:
    for pk in due_media():
        enqueue_once(fetch_file, f"chat-media:{pk}", pk)
