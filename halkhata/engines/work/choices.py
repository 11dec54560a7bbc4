"""Closed lists of the work engine."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StateFlag(models.TextChoices):
    """What a desk's state means for the promise clocks (A51.4)."""

    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    RESOLVED = "resolved", _("Resolved")


class Priority(models.TextChoices):
    """How soon. Stored as a word, ordered by PRIORITY_ORDER."""

    URGENT = "urgent", _("Urgent")
    HIGH = "high", _("High")
    NORMAL = "normal", _("Normal")
    LOW = "low", _("Low")


PRIORITY_ORDER = {Priority.URGENT: 4, Priority.HIGH: 3, Priority.NORMAL: 2, Priority.LOW: 1}


class Channel(models.TextChoices):
    """By which door a piece of work came in (A52.1)."""

    EMAIL = "email", _("E-mail")
    WEB_FORM = "web_form", _("Web form")
    PHONE = "phone", _("Phone")
    COUNTER = "counter", _("Counter")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")
    MESSENGER = "messenger", _("Messenger")
    API = "api", _("API")
    INTERNAL = "internal", _("Internal")


class Metric(models.TextChoices):
    """What a promise clock measures (A51.2)."""

    FIRST_RESPONSE = "first", _("First answer")
    NEXT_RESPONSE = "next", _("Next answer")
    RESOLUTION = "resolution", _("Resolution")


class ClockState(models.TextChoices):
    """Where a promise clock stands."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Kept")
    BREACHED = "breached", _("Late")
    CANCELLED = "cancelled", _("Cancelled")
    # Neither kept nor late: the item it was merged into goes on with the promise (A52.14).
    MERGED = "merged", _("Merged")


class WorkEventKind(models.TextChoices):
    """What the history of an item records. The promise clocks are computed from these alone."""

    OPENED = "opened", _("Opened")
    STATE_CHANGED = "state_changed", _("State changed")
    PRIORITY_CHANGED = "priority_changed", _("Priority changed")
    ASSIGNED = "assigned", _("Assigned")
    CUSTOMER_MESSAGE = "customer_message", _("Customer wrote")
    HUMAN_REPLY = "human_reply", _("We answered")
    AUTOMATIC_REPLY = "automatic_reply", _("Automatic message sent")
    NOTE = "note", _("Internal note")
    REOPENED = "reopened", _("Reopened")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    CUSTOMER_DEMANDED = "customer_demanded", _("Customer demanded a manager")
    ESCALATED = "escalated", _("Escalated")
    POLICY_CHANGED = "policy_changed", _("Promise changed")
    DELAY_EXPLAINED = "delay_explained", _("Reason for the delay given")
    CONFIRMED = "confirmed", _("Escalation confirmed")
    # A message went to another item: it no longer asks for an answer here (A52.14).
    MESSAGE_MOVED = "message_moved", _("Message moved")


class EscalationTrigger(models.TextChoices):
    """What makes an escalation step fire (A52.11)."""

    SHARE = "share", _("Share of the promised time used, in %")
    BREACH = "breach", _("Promise broken")
    REOPENS = "reopens", _("Times reopened")
    SILENCE = "silence", _("Days without an update")
    DEMAND = "demand", _("Customer demands a manager")


# What makes a step that no row of the matrix asks for: a person sends it up, or nobody confirmed the step before.
BY_HAND, UNCONFIRMED = "hand", "unconfirmed"


class Side(models.TextChoices):
    """Whose time a stage is (A52.13)."""

    OURS = "ours", _("Ours")
    CUSTOMER = "customer", _("The customer's")
    MANUFACTURER = "manufacturer", _("The manufacturer's")
    INTERNAL = "internal", _("Waiting for a colleague")
    ENDED = "ended", _("Ended, and opened again later")


class DelayCause(models.TextChoices):
    """Why a promise was broken: the reasons the product knows. A shop adds its own (models/delays.py)."""

    PART_MISSING = "part_missing", _("Spare part missing")
    MANUFACTURER = "manufacturer", _("Waiting for the manufacturer")
    UNREACHABLE = "unreachable", _("Customer could not be reached")
    STAFF_SHORT = "staff_short", _("Too few staff")
    WRONG_ESTIMATE = "wrong_estimate", _("We estimated the time wrongly")
    POWER_NETWORK = "power_network", _("Power or network failure")
    OTHER = "other", _("Other")


class Outcome(models.TextChoices):
    """How a planned call or visit ended (US-03)."""

    NONE = "", _("Not done yet")
    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    CALL_LATER = "call_later", _("Call later")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    SOLVED = "solved", _("Solved, customer content")
    NOT_SOLVED = "not_solved", _("Not solved")


class TaskState(models.TextChoices):
    """States of planned work (follow-up call, recovery)."""

    NEW = "new", _("Planned")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


# Results after which a planned piece of work comes back on another day (US-03).
TRY_AGAIN = frozenset({Outcome.NO_ANSWER, Outcome.CALL_LATER})
