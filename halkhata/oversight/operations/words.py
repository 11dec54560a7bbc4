"""Words for the names of the timetable."""

from typing import Any

from django.utils.translation import gettext_lazy as _

LINES: dict[str, Any] = {
    "sweep-promises": _("Looking through promises"),
    "sweep-silence": _("Looking for silence and reopenings"),
    "sweep-unconfirmed": _("Sending up what nobody has confirmed"),
    "fetch-mail": _("Looking into the mailboxes"),
    "send-due-mail": _("Sending what is due"),
    "process-waiting-mail": _("Processing mail that waits"),
    "probe-mail": _("Looking whether mail servers have come back"),
    "forget-absent": _("Forgetting who has left a ticket's page"),
    "process-waiting-texts": _("Processing short texts that wait"),
    "ask-by-text": _("Asking by SMS whether it is still solved"),
    "look-after-sms": _("Asking gateways about texts in doubt"),
    "ask-sms-balances": _("Asking gateways what is left"),
    "tend-chat": _("Working on what WhatsApp and Messenger told"),
    "check-chat": _("Looking whether chat accounts still work"),
    "sync-chat-texts": _("Fetching the approved texts for chat"),
    "forget-chat": _("Deleting old news of chat services"),
    "tidy-texts": _("Tidying up codes and short texts"),
    "prune-portal": _("Tidying up after customers' pages"),
    "drop-unused-files": _("Deleting files that were never sent"),
    "warn-training": _("Warning of training that ends"),
    "draw-conversations": _("Drawing conversations to be scored"),
    "clear-sessions": _("Clearing sign-ins that have ended"),
    "close-resolved": _("Closing what was solved long ago"),
    "send-webhooks": _("Telling other programs"),
    "prune-api": _("Tidying up after the API"),
    "prune-webhooks": _("Tidying up after webhooks"),
    "keep-backups": _("Looking whether a backup is due"),
    "search-doubles": _("Looking for possible doubles among changed customers"),
    "follow-segments": _("Following who moves in and out of segments"),
    "keep-retention": _("Deleting what is past its time of keeping"),
    "look-at-customers": _("Looking how complete the customer book is"),
    "draw-audit": _("Drawing customers to be looked through"),
    "resume-imports": _("Resuming imports that were cut off"),
    "prune-imports": _("Deleting old files of imports and exports"),
    "look-after-disputes": _("Looking after news and days of disputes"),
    "look-after-dispute-days": _("Reminding of hearings, remedies and actions"),
    "look-for-fraud": _("Looking for claims and parts that stand out"),
    "close-refusals": _("Closing refused returns whose days of appeal are over"),
    "watch-advances": _("Old pieces that are awaited after a replacement in advance"),
    "compare-ledger": _("Comparing the books of goods"),
    "watch-promises": _("Watching promised dates before they slip"),
    "look-after-jobs": _("Looking after estimates and parts of job cards"),
    "watch-claims": _("Warning before the last day of claims to companies"),
    "ask-after-service": _("Asking customers how the repair was"),
    "find-recalled": _("Looking for units that are new on a recall"),
    "compute-reminders": _("Computing who is to be reminded of a service"),
    "resume-reminders": _("Going on with reminders that were cut off"),
    "send-reminders": _("Sending texts of reminders and recalls"),
    "prune": _("Tidying up finished work"),
}


def line_words(name: str) -> Any:
    """What the line of the timetable does; its name when nobody has said."""
    return LINES.get(name, name)
