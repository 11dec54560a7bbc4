"""Closed lists of the messaging engine."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    """Which way a message goes. A note goes nowhere: only staff see it."""

    INBOUND = "in", _("From the customer")
    OUTBOUND = "out", _("To the customer")
    NOTE = "note", _("Internal note")


class RawState(models.TextChoices):
    """What became of the raw bytes of an inbound message."""

    STORED = "stored", _("Waiting")
    PROCESSED = "processed", _("Processed")
    QUARANTINED = "quarantined", _("In quarantine")
    DISCARDED = "discarded", _("Set aside by staff")


class InboundOutcome(models.TextChoices):
    """How processing an inbound message ended."""

    TICKET_OPENED = "ticket_opened", _("Ticket opened")
    REPLY_ADDED = "reply_added", _("Reply added")
    BOUNCE = "bounce", _("Bounce noted")
    AUTO_REPLY = "auto_reply", _("Automatic reply noted")
    LOOP_STOPPED = "loop_stopped", _("Loop stopped")
    DUPLICATE = "duplicate", _("Seen before")
    BLOCKED = "blocked", _("Sender blocked")
    QUARANTINED = "quarantined", _("In quarantine")


class OutboundState(models.TextChoices):
    """Where an outgoing message stands. ``in_doubt``: we do not know whether it went; a person decides."""

    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    IN_DOUBT = "in_doubt", _("In doubt")
    BLOCKED = "blocked", _("Not sent")


class BlockReason(models.TextChoices):
    """Why a message is kept back instead of sent, or waits. Shown, never hidden (US-08)."""

    NONE = "", ""
    DEMO = "demo", _("Demo data is never sent")
    NO_MAILBOX = "no_mailbox", _("No mailbox is set up")
    NO_ADDRESS = "no_address", _("The customer has no e-mail address")
    SUPPRESSED = "suppressed", _("The address is undeliverable")
    RATE_LIMIT = "rate_limit", _("Too many automatic messages to this address")
    SHOP_LIMIT = "shop_limit", _("Too many automatic messages of the whole shop within the hour")
    LOOP = "loop", _("The other side answers automatically")
    OBJECTION = "objection", _("The customer may not be written to for this")
    OVERTAKEN = "overtaken", _("The ticket had ended before it could leave")
    # Of mail that is not about the customer's own matter (services/send_checks.py), in the order of the checks.
    NO_PUBLIC = "no_public", _("No public https address is set, so the mail could not carry its way out")
    ERASED = "erased", _("The person's data were erased")
    RESTRICTED = "restricted", _("The use of the customer's data is stopped while a request is open")
    WITHDRAWN = "withdrawn", _("The customer said no")
    NO_CONSENT = "no_consent", _("The customer has not agreed")
    UNCONFIRMED = "unconfirmed", _("The customer has not confirmed yet")
    STOPPED = "stopped", _("Nothing may go to this number or address")
    COMPLAINT = "complaint", _("The customer has an open complaint, return or dispute: no advertising now")
    WEEK_CAP = "week_cap", _("The customer heard from us as often within seven days as is allowed")
    QUIET = "quiet", _("Quiet hours: it goes by itself when they are over")
    WISH = "wish", _("Outside the hours the customer asked for")
    NO_HOUR = "no_hour", _("The customer's hours and the hours for offers have nothing in common")
    WINDOW = "window", _("The customer has not written by this way lately, so it is closed to us")


class SuppressionKind(models.TextChoices):
    """Why nothing is sent to an address any more."""

    BOUNCED = "bounced", _("A mail to this address came back for good.")
    REFUSED = "refused", _("The mail server said that there is no such address.")
    SOFT = "soft", _("Several mails to this address came back within a few days.")


class TemplateCode(models.TextChoices):
    """Occasions for automatic messages (B.1)."""

    RECEIVED = "received", _("Received")
    ASSIGNED = "assigned", _("Assigned")
    DELAYED = "delayed", _("Delayed")
    RESOLVED = "resolved", _("Resolved")
    FEEDBACK = "feedback", _("Asking for feedback")
    REPLY = "reply", _("Frame of a staff reply")
    JOB = "job", _("News of a job card")
    ESTIMATE = "estimate", _("Estimate to approve")
    MOVED = "moved", _("New promised date, with an apology")
    RETURN = "return", _("News of a return")
    DISPUTE = "dispute", _("News of a dispute")


class ProposalState(models.TextChoices):
    """What became of a changed text that a second person was asked about."""

    OPEN = "open", _("Waits for a second person")
    APPROVED = "approved", _("Agreed to")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")


class AddedHow(models.TextChoices):
    """How somebody came to take part in a conversation. Whoever was only asked for takes no part yet."""

    AGENT = "agent", _("Added by us")
    CUSTOMER = "customer", _("Added by the customer, whose mail server vouched for the mail")
    ASKED = "asked", _("Named in a mail, not added yet")
