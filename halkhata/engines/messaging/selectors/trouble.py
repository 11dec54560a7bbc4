"""Mail that waits for a person: unprocessed mail that came in, and stuck mail that should go out."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import BlockReason, OutboundState, RawState
from halkhata.engines.messaging.models import Delivery, InboundRaw
from halkhata.engines.messaging.policies import deliveries_visible_to, raw_visible_to
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.models import Installation

PAGE = 50
# Why a mail stopped, in words. The codes come from mime/mail.py, mime/classify.py and services/placing.py.
REASONS: dict[str, Any] = {
    "empty": _("The mail is empty."),
    "nothing_there": _("There is nothing in it: no sender, no text, no file."),
    "not_mail": _("This is not a mail, or the mail server did not hand it over."),
    "parser_failed": _("The mail is built in a way that cannot be read."),
    "no_sender": _("The mail names no sender."),
    "sender_invalid_email": _("Nobody could answer to the sender's address."),
    "not_set_up": _("No branch and no desk was set up to take mail."),
    "same_text_again": _("The same text came again and again: a machine seems to write."),
    "own_address": _("The mail says that it comes from our own address."),
    "bounce_without_ticket": _("A mail came back, but it does not say which one."),
    "automatic_from_stranger": _("An automatic answer of somebody who is not part of the ticket it names."),
    "failed_often": _("Processing failed five times."),
    "read_receipt": _("A read receipt that belongs to no ticket."),
    "abuse_report": _("A report of unwanted mail."),
}
AUTOMATIC = _("An automatic mail that belongs to no ticket.")
WAITING = _("Processing did not work yet; it is tried again by itself.")


def reason_words(raw: InboundRaw) -> Any:
    """Why the mail waits, in the reader's language."""
    if raw.state == RawState.STORED:
        return WAITING
    return REASONS.get(raw.reason, AUTOMATIC)


def waiting_mail(user: User) -> QuerySet[InboundRaw]:
    """Mail in the unprocessed queue, newest first: stopped, or tried without success so far."""
    waits = Q(state=RawState.QUARANTINED) | Q(state=RawState.STORED, attempts__gte=1)
    return raw_visible_to(user).filter(waits).defer("body").order_by("-id")


def waiting_count(user: User) -> int:
    """How many mails wait, for the navigation."""
    return _navigation_counts(user)[0]


def stuck_count(user: User) -> int:
    """How many outgoing mails are in doubt or failed, for the navigation."""
    return _navigation_counts(user)[1]


def _navigation_counts(user: User) -> tuple[int, int]:
    """Both numbers in one query, asked once per request: they stand on every page. Partial indexes carry them."""
    known: tuple[int, int] | None = getattr(user, "_mail_trouble", None)
    if known is None:
        waiting = raw_visible_to(user).filter(state=RawState.QUARANTINED)
        stuck = deliveries_visible_to(user).filter(state__in=TROUBLE)
        row = Installation.objects.values_list(_number_of(waiting), _number_of(stuck)).first()
        known = (row[0] or 0, row[1] or 0) if row else (0, 0)
        user._mail_trouble = known  # type: ignore[attr-defined]
    return known


def _number_of(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().values(one=Value(1)).annotate(number=Count("*")).values("number"))


TROUBLE = [OutboundState.IN_DOUBT, OutboundState.FAILED]
# What needs no decision: invented mail, and customers who are told by phone.
QUIET_REASONS = [BlockReason.DEMO, BlockReason.NO_ADDRESS]
BOXES: dict[str, tuple[Any, Q]] = {
    "in_doubt": (_("In doubt"), Q(state=OutboundState.IN_DOUBT)),
    "failed": (_("Failed"), Q(state=OutboundState.FAILED)),
    "blocked": (_("Kept back"), Q(state=OutboundState.BLOCKED) & ~Q(block_reason__in=QUIET_REASONS)),
    "waiting": (_("Waiting"), Q(state__in=[OutboundState.QUEUED, OutboundState.SENDING])),
    "quiet": (_("Not meant to go out"), Q(state=OutboundState.BLOCKED, block_reason__in=QUIET_REASONS)),
}


# What this app itself writes as an error; anything else is what the server or the network said, shown as it is.
ERRORS: dict[str, Any] = {
    "restored": _("The data were restored from a backup. It may have gone out since that backup was made."),
    "worker_stopped": _("The program was stopped while it was sending."),
    "no mailbox": BlockReason.NO_MAILBOX.label,
    "demo mailbox": BlockReason.DEMO.label,
}


def trouble_words(delivery: Delivery) -> Any:
    """Why a message has not gone out: in the reader's language where the reason is ours."""
    if delivery.block_reason:
        return BlockReason(delivery.block_reason).label
    return ERRORS.get(delivery.last_error, delivery.last_error)


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """One box of the outbox: its rows (newest first), the count of every box, and where the next page begins."""

    box: str
    rows: list[Delivery]
    counts: dict[str, int]
    older: int | None


def outbox_page(user: User, box: str, before: int | None = None) -> Outbox:
    """Rows of a box, 50 a page, in two queries. An unknown box is the first one that has something in it."""
    visible = deliveries_visible_to(user)
    counts = visible.aggregate(**{name: Count("id", filter=condition) for name, (_label, condition) in BOXES.items()})
    if box not in BOXES:
        box = next((name for name in BOXES if counts[name]), "in_doubt")
    rows = visible.filter(BOXES[box][1]).select_related("message__conversation__item", "mailbox").order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    return Outbox(box=box, rows=page[:PAGE], counts=counts, older=page[PAGE - 1].pk if len(page) > PAGE else None)
