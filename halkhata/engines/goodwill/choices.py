"""Closed lists of goodwill."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GoodwillState(models.TextChoices):
    """Where a waived rule stands."""

    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Given")
    REFUSED = "refused", _("Not given")
