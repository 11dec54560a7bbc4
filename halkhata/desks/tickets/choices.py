"""Closed lists of the complaint desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Priority, Side, StateFlag


class TicketKind(models.TextChoices):
    """What a ticket is."""

    COMPLAINT = "complaint", _("Complaint")
    QUESTION = "question", _("Question")
    REQUEST = "request", _("Request")


class TicketState(models.TextChoices):
    """States of a ticket (A52.8)."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING_CUSTOMER = "waiting_customer", _("Waiting for the customer")
    WAITING_MANUFACTURER = "waiting_manufacturer", _("Waiting for the manufacturer")
    WAITING_INTERNAL = "waiting_internal", _("Waiting for a colleague")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    # Part of another ticket now; not worked on any more (A52.14).
    MERGED = "merged", _("Merged")


FLAG_OF_STATE = {
    TicketState.NEW: StateFlag.OPEN,
    TicketState.OPEN: StateFlag.OPEN,
    TicketState.WAITING_CUSTOMER: StateFlag.PAUSED,
    TicketState.WAITING_MANUFACTURER: StateFlag.PAUSED,
    # Waiting for a colleague is our own time: the clock runs on.
    TicketState.WAITING_INTERNAL: StateFlag.OPEN,
    TicketState.RESOLVED: StateFlag.RESOLVED,
    TicketState.CLOSED: StateFlag.RESOLVED,
    TicketState.MERGED: StateFlag.RESOLVED,
}

# Whose time it is while a ticket is there (A52.13). New and open are ours.
SIDE_OF_STATE: dict[str, Side] = {
    TicketState.WAITING_CUSTOMER: Side.CUSTOMER,
    TicketState.WAITING_MANUFACTURER: Side.MANUFACTURER,
    TicketState.WAITING_INTERNAL: Side.INTERNAL,
}

_WORKING = {
    TicketState.OPEN,
    TicketState.WAITING_CUSTOMER,
    TicketState.WAITING_MANUFACTURER,
    TicketState.WAITING_INTERNAL,
}
# Closed is final; resolved goes back to open by a reopen or on to closed.
TRANSITIONS: dict[TicketState, set[TicketState]] = {
    TicketState.NEW: _WORKING | {TicketState.RESOLVED},
    TicketState.OPEN: (_WORKING - {TicketState.OPEN}) | {TicketState.RESOLVED},
    TicketState.WAITING_CUSTOMER: (_WORKING - {TicketState.WAITING_CUSTOMER}) | {TicketState.RESOLVED},
    TicketState.WAITING_MANUFACTURER: (_WORKING - {TicketState.WAITING_MANUFACTURER}) | {TicketState.RESOLVED},
    TicketState.WAITING_INTERNAL: (_WORKING - {TicketState.WAITING_INTERNAL}) | {TicketState.RESOLVED},
    TicketState.RESOLVED: {TicketState.OPEN, TicketState.CLOSED},
    TicketState.CLOSED: set(),
    TicketState.MERGED: set(),
}


class ReopensTo(models.TextChoices):
    """The state in which a solved ticket goes on when the customer answers in time (A52.7)."""

    OPEN = "open", _("Always “Open”")
    BEFORE = "before", _("As it was before it was solved")


class FollowUpBy(models.TextChoices):
    """How the customer is asked whether it is still solved (A52.15)."""

    CALL = "call", _("By phone")
    TEXT = "text", _("By SMS, where the customer has a number")


# What is not worked on any more.
ENDED = (TicketState.RESOLVED, TicketState.CLOSED, TicketState.MERGED)


class Impact(models.TextChoices):
    """How much is affected."""

    LOW = "low", _("Can be used with a small fault")
    MEDIUM = "medium", _("Partly unusable")
    HIGH = "high", _("Not usable at all")


class Urgency(models.TextChoices):
    """How soon it hurts."""

    LOW = "low", _("Can wait")
    MEDIUM = "medium", _("This week")
    HIGH = "high", _("Today")


# Priority = impact x urgency (A52.9), after the ITIL matrix: what a shop starts with; it sets its own on a page.
PRIORITY_MATRIX: dict[tuple[Impact, Urgency], Priority] = {
    (Impact.HIGH, Urgency.HIGH): Priority.URGENT,
    (Impact.HIGH, Urgency.MEDIUM): Priority.HIGH,
    (Impact.HIGH, Urgency.LOW): Priority.NORMAL,
    (Impact.MEDIUM, Urgency.HIGH): Priority.HIGH,
    (Impact.MEDIUM, Urgency.MEDIUM): Priority.NORMAL,
    (Impact.MEDIUM, Urgency.LOW): Priority.LOW,
    (Impact.LOW, Urgency.HIGH): Priority.NORMAL,
    (Impact.LOW, Urgency.MEDIUM): Priority.LOW,
    (Impact.LOW, Urgency.LOW): Priority.LOW,
}


class RootCause(models.TextChoices):
    """Why it happened; asked before a ticket may be resolved."""

    PRODUCT_DEFECT = "product_defect", _("Fault in the product")
    PART_UNAVAILABLE = "part_unavailable", _("Part not available")
    SERVICE_DELAY = "service_delay", _("Service took too long")
    WORKMANSHIP = "workmanship", _("Repair not done well")
    WRONG_INFORMATION = "wrong_information", _("Wrong information given")
    BEHAVIOUR = "behaviour", _("Behaviour of staff")
    BILLING = "billing", _("Bill or instalment mistake")
    DELIVERY = "delivery", _("Delivery")
    MISUSE = "misuse", _("Wrong use")
    NO_FAULT = "no_fault", _("No fault found")
    OTHER = "other", _("Other")


class ToldHow(models.TextChoices):
    """By what way the customer was told how it ended."""

    PHONE = "phone", _("By phone")
    PERSON = "person", _("In person")
    EMAIL = "email", _("By e-mail")
    SMS = "sms", _("By SMS")
    LETTER = "letter", _("By letter")


class Remedy(models.TextChoices):
    """What was done to make it good."""

    REPAIRED = "repaired", _("Repaired")
    REPLACED = "replaced", _("Replaced")
    REFUNDED = "refunded", _("Money given back")
    EXPLAINED = "explained", _("Explained")
    APOLOGY = "apology", _("Apology")
    DISCOUNT = "discount", _("Discount or gift")
    REFUSED = "refused", _("Refused, with reasons")
    OTHER = "other", _("Other")
