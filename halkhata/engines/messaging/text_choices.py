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
    NOTICE = "notice", _("Notice")


class TextState(models.TextChoices):
    """Where a short text stands. ``prepared``: nothing carries it by itself, a person may."""

    PREPARED = "prepared", _("Prepared, not sent")
    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    BY_HAND = "by_hand", _("Sent by hand")
    FAILED = "failed", _("Failed")
    IN_DOUBT = "in_doubt", _("In doubt")
    WITHDRAWN = "withdrawn", _("Not needed any more")


# Nothing more happens to a text in one of these states.
ENDED = (TextState.SENT, TextState.BY_HAND, TextState.FAILED, TextState.IN_DOUBT, TextState.WITHDRAWN)
