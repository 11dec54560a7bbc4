"""Closed lists of the webhooks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    """Where one call stands. ``withheld``: its owner may no longer see what it tells."""

    PENDING = "pending", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")
    WITHHELD = "withheld", _("Not for the owner any more")


class OffReason(models.TextChoices):
    """Why an endpoint is off."""

    NONE = "", ""
    PERSON = "person", _("Switched off by hand")
    FAILURES = "failures", _("It did not answer for days")
    GONE = "gone", _("It answered that it is gone for good (410)")
    OWNER = "owner", _("Its owner may no longer set up webhooks")
