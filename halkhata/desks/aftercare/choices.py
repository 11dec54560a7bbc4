"""Closed lists of the aftercare desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReminderKind(models.TextChoices):
    """What somebody is reminded of."""

    SERVICE = "service", _("Service due")
    COUPON = "coupon", _("Free service about to be lost")
    RENEWAL = "renewal", _("Extended warranty or contract runs out")


class Step(models.TextChoices):
    """Which of the reminders of one due it is: before, on the day, after; contracts have one for each of their days."""

    BEFORE = "before", _("Before the day")
    ON = "on", _("On its day")
    AFTER = "after", _("After the day")


class ReminderState(models.TextChoices):
    """Where a reminder stands. ``open``: somebody is to call."""

    OPEN = "open", _("To call")
    REACHED = "reached", _("Reached")
    BOOKED = "booked", _("Wants a date")
    NOT_REACHED = "not_reached", _("Could not be reached")
    NO_CALL = "no_call", _("Does not want to be called")
    STOPPED = "stopped", _("Came in for service")
    FOLLOWED = "followed", _("The next reminder took its place")
    OVER = "over", _("Not needed any more")


class TextStanding(models.TextChoices):
    """What became of the short text of a reminder or a recall."""

    WAITING = "waiting", _("Waits for its hour")
    PREPARED = "prepared", _("Given to be sent")
    NO_NUMBER = "no_number", _("No phone number")
    REFUSED = "refused", _("The customer gets nothing by this way")
    OFF = "off", _("No text is sent")


class CallResult(models.TextChoices):
    """How a call ended."""

    REACHED = "reached", _("Reached")
    DATE = "date", _("Wants a date")
    NO_ANSWER = "no_answer", _("Not reached")
    NO_CALL = "no_call", _("Do not call")


class RecallState(models.TextChoices):
    """Where one unit of a recall stands."""

    WAITING = "waiting", _("Not told yet")
    TOLD = "told", _("Told")
    BOOKED = "booked", _("Has a date or is in the workshop")
    NOT_REACHED = "not_reached", _("Could not be reached")
    DONE = "done", _("Done")


# Calls without an answer after which somebody counts as not to be reached.
MOST_TRIES = 3
# Nothing more comes for a due once one of these was written down.
ENDS_THE_DUE = frozenset({ReminderState.BOOKED, ReminderState.NO_CALL, ReminderState.STOPPED})
