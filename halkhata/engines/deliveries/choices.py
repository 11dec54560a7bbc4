"""Closed lists of promised dates."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PromiseState(models.TextChoices):
    """Where a promised date stands."""

    OPEN = "open", _("Promised")
    KEPT = "kept", _("Kept")
    LATE = "late", _("Done, but late")
    CANCELLED = "cancelled", _("Not needed any more")


class StepKind(models.TextChoices):
    """What happened to a promised date."""

    PROMISED = "promised", _("Promised")
    WARNED = "warned", _("We were warned")
    TOLD = "told", _("The customer was told that it may be late")
    MOVED = "moved", _("Moved to another time")
    KEPT = "kept", _("Kept")
    LATE = "late", _("Done, but late")
    CANCELLED = "cancelled", _("Not needed any more")


class MoveReason(models.TextChoices):
    """Why a promised date moves. The customer reads the sentence, staff the word."""

    PART = "part", _("Spare part missing")
    SUPPLIER = "supplier", _("Supplier or manufacturer is late")
    WORKLOAD = "workload", _("Too much work at once")
    MORE_FAULTS = "more_faults", _("More was broken than we saw")
    TRANSPORT = "transport", _("Transport")
    POWER = "power", _("Power or network failure")
    CUSTOMER = "customer", _("The customer asked for it")
    OTHER = "other", _("Other")
