"""Closed lists of the warranty app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PolicyKind(models.TextChoices):
    """What a policy is: comes with the unit, or is bought on top."""

    BASE = "base", _("Comes with the product")
    EXTENDED = "extended", _("Bought on top (extended warranty, yearly service)")


class StartRule(models.TextChoices):
    """From which day the time runs (A53.3)."""

    INVOICE = "invoice", _("The day of the bill")
    INSTALL = "install", _("The day of installation")
    FIRST_USE = "first_use", _("The day of first use")


class Replacement(models.TextChoices):
    """What cover a replacement unit has (A53.9, R7): one of the two, never both."""

    INHERIT = "inherit", _("Keeps what was left")
    RESTART = "restart", _("Starts anew")


class OnTransfer(models.TextChoices):
    """What becomes of the cover when the unit gets a new owner."""

    KEEP = "keep", _("Goes on, from the same day")
    END = "end", _("Ends")


class CoverState(models.TextChoices):
    """Where a cover stands. Only ``active`` and ``pending`` cover anything."""

    PENDING = "pending", _("Waits for installation or first use")
    ACTIVE = "active", pgettext_lazy("warranty", "Active")
    VOID = "void", _("Void")
    ENDED = "ended", pgettext_lazy("warranty", "Ended")
    MOVED = "moved", _("Went to the replacement")


class CoverSource(models.TextChoices):
    """Where a cover comes from."""

    BASE = "base", _("Warranty")
    EXTENDED = "extended", _("Extended warranty")


class VoidReason(models.TextChoices):
    """Why a cover is void: always a named reason (US-13)."""

    OPENED = "opened", _("Opened or repaired by somebody else")
    MISUSE = "misuse", _("Misuse or accident")
    WATER = "water", _("Water damage")
    SERIAL = "serial", _("Serial number removed or changed")
    PARTS = "parts", _("Other parts were fitted")
    SERVICE = "service", _("Required services were not done")
    FRAUD = "fraud", _("False papers")
    OTHER = "other", _("Another reason, written below")


class Channel(models.TextChoices):
    """How a registration came in (A53.2)."""

    COUNTER = "counter", _("At the counter")
    INVOICE = "invoice", _("With the sale")
    BULK = "bulk", _("List")
    WEB = "web", _("Web page")
    QR = "qr", _("QR code")
    SMS = "sms", _("SMS")
    CLAIM = "claim", _("At the first claim")


class EvidenceState(models.TextChoices):
    """What is known of the papers of a registration."""

    UNVERIFIED = "unverified", _("Not checked yet")
    VERIFIED = "verified", _("Verified")
    REJECTED = "rejected", _("Rejected")


class RejectReason(models.TextChoices):
    """Why papers were rejected; the customer is told in these words."""

    UNREADABLE = "unreadable", _("The photo of the bill cannot be read")
    OTHER_SERIAL = "other_serial", _("The bill names another serial number")
    NOT_OURS = "not_ours", _("The product is not one we look after")
    NO_DATE = "no_date", _("The bill has no date")
    TAKEN = "taken", _("The serial number is registered for somebody else")
    OTHER = "other", _("Another reason, written below")


class CouponState(models.TextChoices):
    """Where a free service stands. Expired is not a state: the calendar and the reading say it."""

    DUE = "due", _("Open")
    USED = "used", _("Used")
    CANCELLED = "cancelled", pgettext_lazy("coupon", "Cancelled")


class FlagKind(models.TextChoices):
    """What looks like an attempt to get more than is due (A53.16)."""

    REGISTERED_TWICE = "registered_twice", _("Registered twice")
    CLAIM_BEFORE_SALE = "claim_before_sale", _("Claim from before the sale")
    MANY_CLAIMS = "many_claims", _("Many claims for one serial number")
    PARTS_BACK = "parts_back", _("A part that was taken out came back")
