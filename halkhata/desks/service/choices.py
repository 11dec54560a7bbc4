"""Closed lists of the service desk, and the table of steps that a job card may take (US-14)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Side, StateFlag

KIND = "job"
"""The kind of work a job card is."""


class JobState(models.TextChoices):
    """Where a job card stands, gate to gate."""

    IN = "in", _("Taken in")
    DIAGNOSED = "diagnosed", _("Fault found")
    WAITING_APPROVAL = "waiting_approval", _("Waiting for the customer's approval")
    WAITING_PART = "waiting_part", _("Waiting for a part")
    WORKING = "working", _("Being repaired")
    TESTED = "tested", _("Tested")
    READY = "ready", _("Ready for the customer")
    DELIVERED = "delivered", _("Handed over")
    CANCELLED = "cancelled", _("Cancelled")


FLAG_OF_STATE: dict[str, StateFlag] = {
    JobState.IN: StateFlag.OPEN,
    JobState.DIAGNOSED: StateFlag.OPEN,
    JobState.WAITING_APPROVAL: StateFlag.PAUSED,
    JobState.WAITING_PART: StateFlag.PAUSED,
    JobState.WORKING: StateFlag.OPEN,
    JobState.TESTED: StateFlag.OPEN,
    # The clock of the turn-around stops when the unit can be fetched.
    JobState.READY: StateFlag.RESOLVED,
    JobState.DELIVERED: StateFlag.RESOLVED,
    JobState.CANCELLED: StateFlag.RESOLVED,
}

# Whose time it is while a job is there; the others are ours (A53.8).
SIDE_OF_STATE: dict[str, Side] = {
    JobState.WAITING_APPROVAL: Side.CUSTOMER,
    JobState.WAITING_PART: Side.MANUFACTURER,
}

_S = JobState
# The database has the same table as a trigger (transitions_guard.py); handed over and cancelled are final.
TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    _S.IN: frozenset({_S.DIAGNOSED, _S.CANCELLED}),
    _S.DIAGNOSED: frozenset({_S.WAITING_APPROVAL, _S.WAITING_PART, _S.WORKING, _S.CANCELLED}),
    _S.WAITING_APPROVAL: frozenset({_S.DIAGNOSED, _S.WAITING_PART, _S.WORKING, _S.CANCELLED}),
    _S.WAITING_PART: frozenset({_S.DIAGNOSED, _S.WAITING_APPROVAL, _S.WORKING, _S.CANCELLED}),
    _S.WORKING: frozenset({_S.WAITING_APPROVAL, _S.WAITING_PART, _S.TESTED, _S.CANCELLED}),
    _S.TESTED: frozenset({_S.WORKING, _S.READY}),
    # Not right after all when it is fetched: back to the bench.
    _S.READY: frozenset({_S.WORKING, _S.DELIVERED}),
    _S.DELIVERED: frozenset(),
    _S.CANCELLED: frozenset(),
}
FINAL = frozenset({JobState.DELIVERED, JobState.CANCELLED})
# The unit is with us and somebody has still something to do.
IN_HOUSE = tuple(state.value for state in JobState if state not in FINAL)
# Not ready yet: ages.
ON_THE_BENCH = tuple(state for state in IN_HOUSE if state != JobState.READY)


class LineKind(models.TextChoices):
    """What a line of the job card is."""

    PART = "part", _("Part")
    LABOUR = "labour", _("Labour")
    VISIT = "visit", _("Visit")


class Payer(models.TextChoices):
    """Who pays a line."""

    CUSTOMER = "customer", _("Customer")
    WARRANTY = "warranty", _("Warranty")
    COUPON = "coupon", _("Free-service coupon")
    GOODWILL = "goodwill", _("Goodwill")
    AMC = "amc", _("Service contract (AMC)")


class EstimateState(models.TextChoices):
    """Where an estimate stands."""

    SENT = "sent", _("Waiting for the answer")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced by a newer one")
    EXPIRED = "expired", _("Run out")


class AnsweredHow(models.TextChoices):
    """By what way the customer answered an estimate."""

    LINK = "link", _("On the page, with a code")
    COUNTER = "counter", _("At the counter")
    PHONE = "phone", _("By phone")
    LETTER = "letter", _("In writing")


class PartState(models.TextChoices):
    """Where an ordered part stands."""

    OPEN = "open", _("On its way")
    ARRIVED = "arrived", _("Arrived")
    CANCELLED = "cancelled", _("Not needed any more")


class PhotoWhen(models.TextChoices):
    """When a photo was taken."""

    IN = "in", _("At intake")
    BENCH = "bench", _("On the bench")
    OUT = "out", _("At hand-over")


class HandedHow(models.TextChoices):
    """How whoever fetched the unit showed that they may."""

    CODE = "code", _("One-time code")
    SIGNATURE = "signature", _("Signature")


class CodePurpose(models.TextChoices):
    """What a one-time code of a job is for."""

    ESTIMATE = "estimate", _("Answer to an estimate")
    HANDOVER = "handover", _("Hand-over")


class CancelReason(models.TextChoices):
    """Why a job was cancelled."""

    REFUSED = "refused", _("The customer refused the estimate")
    WITHDRAWN = "withdrawn", _("The customer took the unit back")
    NOT_REPAIRABLE = "not_repairable", _("Cannot be repaired")
    NO_PART = "no_part", _("The part cannot be had")
    REPLACED = "replaced", _("The unit is replaced instead")
    MISTAKE = "mistake", _("Opened by mistake")
