"""Sending the tests of texts: once each, marked as tests, and to nobody but whoever asked."""

import secrets
from datetime import timedelta

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.messaging.choices import OutboundState
from halkhata.engines.messaging.mime.compose import build_mail
from halkhata.engines.messaging.mime.mail import Attachment
from halkhata.engines.messaging.models import TrialMail
from halkhata.engines.messaging.policies import items_visible_to
from halkhata.engines.messaging.services import mail_errors
from halkhata.engines.messaging.services.composing import as_html
from halkhata.engines.messaging.services.rendering import example_values, render_template
from halkhata.engines.messaging.services.smtp import SmtpResult, Verdict, deliver
from halkhata.engines.messaging.services.trials import mailbox_of, wake_trial
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.services.storing import read_file

# Longer than any server takes: what is still "sending" afterwards was sent by a process that died.
LEASE = timedelta(minutes=15)
MOST_TRIES = 5
AWAKE_AFTER = timedelta(minutes=1)


def send_trial_now(pk: int) -> str:
    """Send one test if it is in line; returns its state afterwards, "" when it was not in line.

    Raises OSError when it should be tried again, so that the job comes back.
    """
    if outgoing_is_held():
        return ""
    # One UPDATE takes it out of the line: of two workers one sends.
    if not TrialMail.objects.filter(pk=pk, state=OutboundState.QUEUED).update(
        state=OutboundState.SENDING, lease_until=now() + LEASE, attempts=F("attempts") + 1
    ):
        return ""
    trial = TrialMail.objects.select_related("user__role", "item", "template__team").get(pk=pk)
    result = _deliver(trial)
    if result.verdict in {Verdict.CHANNEL_DOWN, Verdict.TRY_LATER} and trial.attempts < MOST_TRIES:
        _settle(trial, OutboundState.QUEUED, result)
        raise OSError(f"test mail {pk}: try later")
    states = {Verdict.SENT: OutboundState.SENT, Verdict.IN_DOUBT: OutboundState.IN_DOUBT}
    return _settle(trial, states.get(result.verdict, OutboundState.FAILED), result)


def tend_trials() -> int:
    """Name in doubt what died while being sent, and wake what still stands in line. Returns how many were woken."""
    at = now()
    dead = TrialMail.objects.filter(state=OutboundState.SENDING, lease_until__lt=at)
    dead.update(state=OutboundState.IN_DOUBT, lease_until=None, settled_at=at, error_code=mail_errors.WORKER_STOPPED)
    waiting = TrialMail.objects.filter(state=OutboundState.QUEUED, at__lt=at - AWAKE_AFTER).order_by("at")
    ids = list(waiting.values_list("pk", flat=True)[:50])
    for pk in ids:
        wake_trial(pk)
    return len(ids)


def _deliver(trial: TrialMail) -> SmtpResult:
    mailbox = mailbox_of(trial)
    if mailbox is None:
        return SmtpResult(verdict=Verdict.REFUSED, error=mail_errors.NO_MAILBOX)
    subject, text = words_of(trial)
    data = build_mail(
        from_addr=mailbox.address,
        from_name=mailbox.display_name or mailbox.name,
        to=[("", trial.to_address)],
        subject=subject,
        text=text,
        html=as_html(subject, text),
        # Not one of a thread's ids: an answer to a test must not land in the ticket.
        message_id=f"<{secrets.token_hex(16)}.test@{mailbox.address.rpartition('@')[2].lower()}>",
        auto_submitted="auto-generated",
        attachments=[
            Attachment(name=file.original_name, content_type=file.content_type, data=read_file(file))
            for file in trial.documents.all()
        ],
        date=now(),
    )
    return deliver(mailbox, recipients=[trial.to_address], data=data)


def words_of(trial: TrialMail) -> tuple[str, str]:
    """Subject and text as they go out: a test, its gaps filled from the ticket if the reader still sees it."""
    item = items_visible_to(trial.user).filter(pk=trial.item_id, is_demo=False).first() if trial.item_id else None
    subject, body = render_template(trial, example_values(trial.user, item, language=trial.language))
    with translation.override(trial.user.language):
        mark = _("Test")
        line = _("This is a test of the text “%(occasion)s”. It went to you alone, and no customer has it.")
        line = line % {"occasion": trial.get_code_display()}
    return f"[{mark}] {subject}"[:250], f"{line}\n\n{body}"


def _settle(trial: TrialMail, state: OutboundState, result: SmtpResult) -> str:
    is_open = state == OutboundState.QUEUED
    TrialMail.objects.filter(pk=trial.pk, state=OutboundState.SENDING).update(
        state=state,
        lease_until=None,
        settled_at=None if is_open else now(),
        error_code="" if result.verdict == Verdict.SENT else result.error,
        said="" if result.verdict == Verdict.SENT else clean_text(f"{result.code or ''} {result.detail}")[:300],
    )
    return str(state)
