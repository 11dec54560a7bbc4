"""Closed lists of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitState(models.TextChoices):
    """Where a unit is in its life."""

    IN_STOCK = "in_stock", _("In stock")
    SOLD = "sold", _("Sold")
    RETURNED = "returned", _("Given back")
    REPLACED = "replaced", _("Replaced by another")
    SCRAPPED = "scrapped", _("Scrapped")


class UsageUnit(models.TextChoices):
    """What the use of a unit is counted in."""

    KILOMETRES = "km", _("Kilometres")
    HOURS = "h", _("Hours")
    CYCLES = "cycles", _("Cycles")


class IdentifierCheck(models.TextChoices):
    """What is known about the check digit of an identifier."""

    IMEI = "imei", _("IMEI: 15 digits with a check digit")


class SaleChannel(models.TextChoices):
    """By which door a sale came in."""

    COUNTER = "counter", _("Counter")
    IMPORT = "import", _("Import")
    API = "api", _("API")


class OwnedHow(models.TextChoices):
    """How somebody came to own a unit."""

    SALE = "sale", _("Bought")
    TRANSFER = "transfer", _("Taken over")
    REPLACEMENT = "replacement", _("Given as a replacement")
    REGISTERED = "registered", _("Registered")


# States in which nobody owns the unit: it stands in the shop, or is no more.
OWNERLESS = frozenset({UnitState.IN_STOCK, UnitState.RETURNED, UnitState.REPLACED, UnitState.SCRAPPED})
