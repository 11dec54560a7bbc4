"""Health of the mail channels: a light for each direction of each mailbox, why, and what to do.

Green: it worked a moment ago. Yellow: it has just begun to fail, or has not been looked into for a while; mostly it
mends itself. Red: nobody but a person can mend it, or it has failed for a while. A light goes back to green by itself
with the first thing that works.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import OutboundState
from halkhata.engines.messaging.models import Delivery, Mailbox
from halkhata.engines.messaging.selectors.error_words import words_for
from halkhata.foundation.core.clock import now

GOOD, WARN, BAD, QUIET = "good", "warn", "bad", "quiet"
# A server that is away for less than this is nobody's business yet.
PATIENCE = timedelta(minutes=5)
# Mailboxes are looked into every 20 seconds, and due mail leaves within 15.
SILENT_AFTER, DEAF_AFTER = timedelta(minutes=5), timedelta(minutes=30)
# What does not mend itself.
NEEDS_A_PERSON = (
    "sign_in_refused", "password_again", "bad_certificate", "address_refused", "port_refused", "no_folder",
    "encryption", "server_refuses_us",
)  # fmt: skip

_WAIT = _("Nothing, for the time being: it is tried again by itself. If it lasts, ask whoever runs the mail server.")
_SET_UP = _("Open the mailbox, look at server, port and encryption, and test the connection.")
TO_DO: dict[str, Any] = {
    "sign_in_refused": _("Open the mailbox, type the password again, and test the connection."),
    "password_again": _("Open the mailbox, type the password again, and test the connection."),
    "bad_certificate": _(
        "Ask whoever runs the mail server to renew its certificate, or write the host as it stands there."
    ),
    "no_folder": _("Open the mailbox and write the folder as the server names it, mostly INBOX."),
    "encryption": _SET_UP,
    "address_refused": _SET_UP,
    "port_refused": _SET_UP,
    "unknown_host": _SET_UP,
    "server_refuses_us": _("Ask whoever runs the mail server to let this mailbox send, or correct its user name."),
}
_WORDS = {
    GOOD: _("Works"),
    WARN: _("Look at it"),
    BAD: _("Does not work"),
    QUIET: _("Not set up"),
}
ICONS = {GOOD: "circle-check", WARN: "alert-triangle", BAD: "alert-octagon", QUIET: "circle-dashed"}


@dataclass(frozen=True, kw_only=True)
class Light:
    """One direction of a mailbox.

    ``said`` is what the server said, ``at`` the last success, ``since`` the first failure of those that go on.
    """

    tone: str
    word: Any
    why: Any = ""
    to_do: Any = ""
    said: str = ""
    at: datetime | None = None
    since: datetime | None = None
    code: str = ""

    @property
    def icon(self) -> str:
        """Of the light, for who cannot tell the colours."""
        return ICONS[self.tone]


@dataclass(frozen=True, kw_only=True)
class ChannelHealth:
    """A mailbox with both its lights and what waits to leave by it."""

    mailbox: Mailbox
    incoming: Light
    outgoing: Light
    waiting: int = 0

    @property
    def tone(self) -> str:
        """The worse of the two; what is not set up says nothing."""
        tones = {self.incoming.tone, self.outgoing.tone}
        return next((tone for tone in (BAD, WARN, GOOD) if tone in tones), QUIET)


def channel_health(boxes: QuerySet[Mailbox]) -> list[ChannelHealth]:
    """The lights of ``boxes``, the worst first, in two queries."""
    at = now()
    due = Q(state=OutboundState.QUEUED, next_try_at__lte=at)
    rows = (
        Delivery.objects.filter(state__in=[OutboundState.QUEUED, OutboundState.SENDING])
        .values("mailbox_id")
        .annotate(waiting=Count("id"), oldest=Min("next_try_at", filter=due))
    )
    queues: dict[int | None, dict[str, Any]] = {row["mailbox_id"]: dict(row) for row in rows}
    found = []
    for box in boxes.select_related("branch", "team"):
        queue = queues.get(box.pk, {"waiting": 0, "oldest": None})
        found.append(
            ChannelHealth(
                mailbox=box,
                incoming=incoming_light(box),
                outgoing=outgoing_light(box, oldest=queue["oldest"]),
                waiting=queue["waiting"],
            )
        )
    worst = {BAD: 0, WARN: 1, GOOD: 2, QUIET: 3}
    return sorted(found, key=lambda one: (worst[one.tone], one.mailbox.name))


def incoming_light(box: Mailbox) -> Light:
    """How reading goes."""
    dark = _dark(box, box.imap_host)
    if dark is not None:
        return dark
    if box.last_fetch_code:
        return _failing(box.last_fetch_code, box.last_fetch_error, box.last_fetch_at, box.fetch_failing_since)
    if box.last_fetch_at is None:
        return Light(tone=WARN, word=_("Not tried yet"), to_do=_("Test the connection."))
    silence = now() - box.last_fetch_at
    if silence > SILENT_AFTER:
        return Light(
            tone=BAD if silence > DEAF_AFTER else WARN,
            word=_WORDS[BAD] if silence > DEAF_AFTER else _WORDS[WARN],
            why=_("Nobody has looked into this mailbox for a while."),
            to_do=_("See on the operations page whether the worker runs, and start it if it does not."),
            at=box.last_fetch_at,
            since=box.last_fetch_at,
        )
    return Light(tone=GOOD, word=_WORDS[GOOD], at=box.last_fetch_at)


def outgoing_light(box: Mailbox, *, oldest: datetime | None = None) -> Light:
    """How sending goes; ``oldest`` is since when a mail is due that has not left."""
    dark = _dark(box, box.smtp_host)
    if dark is not None:
        return dark
    if box.last_send_code:
        return _failing(box.last_send_code, box.last_send_error, box.last_send_at, box.send_failing_since)
    if oldest is not None and now() - oldest > SILENT_AFTER:
        return Light(
            tone=WARN,
            word=_WORDS[WARN],
            why=_("Mail waits to leave and does not."),
            to_do=_("See on the operations page whether the worker runs, and start it if it does not."),
            at=box.last_send_at,
            since=oldest,
        )
    if box.last_send_at is None:
        return Light(tone=WARN, word=_("Not tried yet"), to_do=_("Test the connection."))
    return Light(tone=GOOD, word=_WORDS[GOOD], at=box.last_send_at)


def _dark(box: Mailbox, host: str) -> Light | None:
    if box.is_demo:
        return Light(tone=QUIET, word=_("Invented"))
    if not box.is_active:
        return Light(tone=QUIET, word=_("Not in use"))
    return None if host else Light(tone=QUIET, word=_WORDS[QUIET])


def _failing(code: str, said: str, at: datetime | None, since: datetime | None) -> Light:
    lasts = since is None or now() - since > PATIENCE
    tone = BAD if code in NEEDS_A_PERSON or lasts else WARN
    return Light(
        tone=tone,
        word=_WORDS[tone],
        why=words_for(code),
        to_do=TO_DO.get(code, _WAIT),
        said=said,
        at=at,
        since=since,
        code=code,
    )


def red_mailboxes(boxes: QuerySet[Mailbox]) -> QuerySet[Mailbox]:
    """Those of ``boxes`` with a red light, as a condition of the database: for counting on every page."""
    long_ago = now() - PATIENCE
    failing = Q(pk__in=[])
    for side in ("fetch", "send"):
        lasts = Q(**{f"{side}_failing_since__isnull": True}) | Q(**{f"{side}_failing_since__lt": long_ago})
        host = "imap_host" if side == "fetch" else "smtp_host"
        failing |= (
            ~Q(**{f"last_{side}_code": ""})
            & ~Q(**{host: ""})
            & (Q(**{f"last_{side}_code__in": NEEDS_A_PERSON}) | lasts)
        )
    deaf = Q(last_fetch_at__lt=now() - DEAF_AFTER) & ~Q(imap_host="")
    return boxes.filter(failing | deaf, is_active=True, is_demo=False)
