"""Closed lists of parcels: what a courier tells, where a parcel stands, who told it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ParcelEventKind(models.TextChoices):
    """What happened to a parcel, as couriers tell it."""

    PICKED_UP = "picked_up", _("Picked up by the courier")
    IN_TRANSIT = "in_transit", _("On the way")
    AT_BRANCH = "at_branch", _("At the courier's branch")
    OUT = "out", _("Out for delivery")
    FAILED = "failed", _("Could not be delivered")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Went back to us")


class ParcelState(models.TextChoices):
    """Where a parcel stands: what happened to it last, or nothing yet."""

    REGISTERED = "registered", _("Given to the courier")
    PICKED_UP = "picked_up", _("Picked up by the courier")
    IN_TRANSIT = "in_transit", _("On the way")
    AT_BRANCH = "at_branch", _("At the courier's branch")
    OUT = "out", _("Out for delivery")
    FAILED = "failed", _("Could not be delivered")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Went back to us")


ENDED = (ParcelState.DELIVERED, ParcelState.RETURNED)


class EventSource(models.TextChoices):
    """Who told it."""

    STAFF = "staff", _("By hand")
    API = "api", _("Program")
    WEBHOOK = "webhook", _("The courier's system")
    FILE = "file", _("The courier's file")


class Alarm(models.TextChoices):
    """Why the owner was told that a parcel may be late; a later one weighs more."""

    NONE = "", _("Nothing")
    SILENT = "silent", _("Nothing was heard of it")
    FAILED = "failed", _("Could not be delivered")
    RETURNED = "returned", _("Went back to us")


class MessageState(models.TextChoices):
    """What became of a courier's message."""

    TAKEN = "taken", _("Taken")
    WAITING = "waiting", _("Waiting")
    SETTLED = "settled", _("Taken later")
    DROPPED = "dropped", _("Put aside")


class MessageFault(models.TextChoices):
    """Why a courier's message could not be taken."""

    NONE = "", _("Nothing")
    UNREADABLE = "unreadable", _("It could not be read")
    UNKNOWN_EVENT = "unknown_event", _("We do not know this event")
    BAD_TIME = "bad_time", _("Its time is missing or makes no sense")
    UNKNOWN_NUMBER = "unknown_number", _("No parcel has this number")
    KEY_REUSED = "key_reused", _("The same key told something else before")
