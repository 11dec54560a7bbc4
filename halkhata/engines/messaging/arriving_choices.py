"""How a short text that came in ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextOutcome(models.TextChoices):
    """What became of one short text."""

    TICKET_OPENED = "ticket_opened", _("Ticket opened")
    REPLY_ADDED = "reply_added", _("Reply added")
    DUPLICATE = "duplicate", _("Seen before")
    LOOP_STOPPED = "loop_stopped", _("Loop stopped")
    OFFERS_STOPPED = "offers_stopped", _("Wants no more offers")
    SURVEY_ANSWERED = "survey_answered", _("Answered a question")
    REGISTERED = "registered", _("Registered something bought")
    NOT_REGISTERED = "not_registered", _("Could not be registered, and was told why")
    QUARANTINED = "quarantined", _("In quarantine")
