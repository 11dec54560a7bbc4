"""Closed lists of short texts: what goes to a phone number, and one-time codes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextChannel(models.TextChoices):
    """By what way a short text travels."""

    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")


class TextPurpose(models.TextChoices):
    """What a short text is for. A code is a secret: it is kept sealed, and only until it has done its work."""

    CODE = "code", _("One-time code")
    NOTICE = "notice", _("News about the customer's own matter")
    OFFER = "offer", _("Offer or advertising")
    SURVEY = "survey", _("Asking how it was")
    RENEW = "renew", _("Offer to renew something of the customer's own")


class TextState(models.TextChoices):
    """Where a short text stands. ``prepared``: nothing carries it by itself, a person may."""

    PREPARED = "prepared", _("Prepared, not sent")
    HELD = "held", _("Held until its time")
    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BY_HAND = "by_hand", _("Sent by hand")
    FAILED = "failed", _("Failed")
    IN_DOUBT = "in_doubt", _("In doubt")
    WITHDRAWN = "withdrawn", _("Not needed any more")
    REFUSED = "refused", _("Refused by a rule")


class TextRule(models.TextChoices):
    """Why an offer is held, or refused. A held one goes by itself when its time comes."""

    NONE = "", ""
    NIGHT = "night", _("No offers at night")
    PRAYER = "prayer", _("No offers at prayer times")
    HOURS = "hours", _("Outside the hours for offers")
    WISH = "wish", _("Outside the hours the customer asked for")
    DAY_LIMIT = "day_limit", _("This number had as many offers today as are allowed")
    WEEK_LIMIT = "week_limit", _("This number had as many offers within seven days as are allowed")
    NO_HOUR = "no_hour", _("The customer's hours and the hours for offers have nothing in common")
    SCRIPT = "script", _("An offer to this country must be in Bengali letters")
    NO_NUMBER = "no_number", _("An offer needs a phone number")
    ERASED = "erased", _("The person's data were erased")
    STOPPED = "stopped", _("Nothing may go to this number or address")
    WITHDRAWN = "withdrawn", _("The customer said no")
    NO_CONSENT = "no_consent", _("The customer has not agreed")
    UNCONFIRMED = "unconfirmed", _("The customer has not confirmed yet")
    RESTRICTED = "restricted", _("The use of the customer's data is stopped while a request is open")
    COMPLAINT = "complaint", _("The customer has an open complaint, return or dispute: no advertising now")
    WEEK_CAP = "week_cap", _("The customer heard from us as often within seven days as is allowed")
    QUIET = "quiet", _("Quiet hours: it goes by itself when they are over")
    WINDOW = "window", _("The customer has not written by this way lately, so it is closed to us")


# What is not about a matter of the customer's own: it passes the checks of services/send_checks.py.
GATED = (TextPurpose.OFFER, TextPurpose.SURVEY, TextPurpose.RENEW)
# Nothing more happens to a text in one of these states.
ENDED = (
    TextState.SENT,
    TextState.DELIVERED,
    TextState.BY_HAND,
    TextState.FAILED,
    TextState.IN_DOUBT,
    TextState.WITHDRAWN,
    TextState.REFUSED,
)
