"""Mail that waits for a person: unprocessed mail that came in, and stuck mail that should go out."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import BlockReason, OutboundState, RawState
from halkhata.engines.messaging.models import Delivery, InboundRaw
from halkhata.engines.messaging.policies import (
    deliveries_visible_to,
    mailboxes_visible_to,
    raw_visible_to,
    texts_in_visible_to,
)
from halkhata.engines.messaging.selectors.channel_health import DEAF_AFTER, PATIENCE, red_mailboxes
from halkhata.engines.messaging.selectors.error_words import words_for
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.capped import CappedCount
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.kept_sql import SOME_MOMENT, kept_row
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
    "own_unproven": _(
        "The mail says that it comes from our own address, and nobody vouches for that. It may be forged."
    ),
    "staff_unproven": _(
        "The mail says that a colleague wrote it, and our mail server does not vouch for that. It may be forged, so it "
        "is no answer of ours."
    ),
    "staff_by_mail": _(
        "A colleague wrote by mail. Answers to customers are written in the ticket; this mail went to nobody."
    ),
    "blocked_sender": _("Mail from this address is blocked."),
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


def set_aside_mail(user: User) -> QuerySet[InboundRaw]:
    """Mail that was set aside, by a person or because its sender is blocked, newest first."""
    return raw_visible_to(user).filter(state=RawState.DISCARDED).defer("body").order_by("-id")


def waiting_count(user: User) -> int:
    """How many mails and short texts wait, for the navigation."""
    return _navigation_counts(user)[0]


def stuck_count(user: User) -> int:
    """How many outgoing mails are in doubt or failed, for the navigation."""
    return _navigation_counts(user)[1]


def red_channel_count(user: User) -> int:
    """How many mailboxes do not work, for the navigation."""
    return _navigation_counts(user)[2]


def _navigation_counts(user: User) -> tuple[int, int, int]:
    """The numbers in one query, asked once per request: they stand on every page. Partial indexes carry them."""
    known: tuple[int, int, int] | None = getattr(user, "_mail_trouble", None)
    if known is None:
        at = now()
        moments = {SOME_MOMENT - span: at - span for span in (PATIENCE, DEAF_AFTER)}
        row = kept_row(("mail trouble", scope_key(user)), lambda: _counting(user), moments)
        known = ((row[0] or 0) + (row[3] or 0), row[1] or 0, row[2] or 0) if row else (0, 0, 0)
        user._mail_trouble = known  # type: ignore[attr-defined]
    return known


def _counting(user: User) -> QuerySet[Any, Any]:
    with moved_to(SOME_MOMENT):
        waiting = raw_visible_to(user).filter(state=RawState.QUARANTINED)
        stuck = deliveries_visible_to(user).filter(state__in=TROUBLE)
        red = red_mailboxes(mailboxes_visible_to(user))
        texts = texts_in_visible_to(user).filter(state=RawState.QUARANTINED)
        return Installation.objects.values_list(*map(_number_of, (waiting, stuck, red, texts)))


def _number_of(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().values(one=Value(1)).annotate(number=Count("*")).values("number"))


TROUBLE = [OutboundState.IN_DOUBT, OutboundState.FAILED]
# What needs no decision: invented mail, and customers who are told by phone.
QUIET_REASONS = [BlockReason.DEMO, BlockReason.NO_ADDRESS]
# Held by a ceiling: a person lets it go.
LIMIT_REASONS = [BlockReason.RATE_LIMIT, BlockReason.SHOP_LIMIT]
BOXES: dict[str, tuple[Any, Q]] = {
    "in_doubt": (_("In doubt"), Q(state=OutboundState.IN_DOUBT)),
    "failed": (_("Failed"), Q(state=OutboundState.FAILED)),
    "held": (_("Held by a limit"), Q(state=OutboundState.BLOCKED, block_reason__in=LIMIT_REASONS)),
    "blocked": (
        _("Kept back"),
        Q(state=OutboundState.BLOCKED) & ~Q(block_reason__in=[*QUIET_REASONS, *LIMIT_REASONS]),
    ),
    "waiting": (_("Waiting"), Q(state__in=[OutboundState.QUEUED, OutboundState.SENDING])),
    "quiet": (_("Not meant to go out"), Q(state=OutboundState.BLOCKED, block_reason__in=QUIET_REASONS)),
}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why a message has not gone out: ``words`` in the reader's language, and what the other server ``said``."""

    words: Any = ""
    said: str = ""


def trouble_of(delivery: Delivery) -> Trouble:
    """Why a message has not gone out, or what happened at the last try; empty when all is well."""
    if delivery.block_reason:
        return Trouble(words=BlockReason(delivery.block_reason).label)
    if delivery.error_code:
        return Trouble(words=words_for(delivery.error_code), said=_said(delivery))
    if delivery.last_error:
        # Written without a code: a refusal has the server's number, of anything else only its words are known.
        return Trouble(words=words_for("server_refused") if delivery.smtp_code else "", said=_said(delivery))
    return Trouble()


def _said(delivery: Delivery) -> str:
    code = str(delivery.smtp_code or "")
    return delivery.last_error if delivery.last_error.startswith(code) else f"{code} {delivery.last_error}".strip()


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """One box of the outbox: its rows (newest first), the count of every box, and where the next page begins."""

    box: str
    rows: list[Delivery]
    counts: dict[str, int]
    older: int | None


def outbox_page(user: User, box: str, before: int | None = None) -> Outbox:
    """Rows of a box, 50 a page, in two queries; counts up to COUNTED.

    An unknown box is the first one that has something in it.
    """
    visible = deliveries_visible_to(user)
    counted = {f"n_{name}": CappedCount.of(visible.filter(condition)) for name, (_label, condition) in BOXES.items()}
    found = Installation.objects.filter(pk=1).annotate(**counted).values_list(*counted).first() or (0,) * len(BOXES)
    counts = {name: count or 0 for name, count in zip(BOXES, found, strict=True)}
    if box not in BOXES:
        box = next((name for name in BOXES if counts[name]), "in_doubt")
    rows = visible.filter(BOXES[box][1]).select_related("message__conversation__item", "mailbox").order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    return Outbox(box=box, rows=page[:PAGE], counts=counts, older=page[PAGE - 1].pk if len(page) > PAGE else None)
