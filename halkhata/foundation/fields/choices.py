"""Closed lists of the fields a shop makes for itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FieldKind(models.TextChoices):
    """What a field holds, and so in which column of the table of values it stands."""

    TEXT = "text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("One of a list")
    SEVERAL = "several", _("Several of a list")
    PHONE = "phone", _("Phone number")


WITH_OPTIONS = frozenset({FieldKind.CHOICE, FieldKind.SEVERAL})
# A long text has no index: nobody filters a list by it.
FILTERABLE = frozenset(set(FieldKind) - {FieldKind.LONG_TEXT})


class PlaceMode(models.TextChoices):
    """What a layout says of one field."""

    SHOWN = "shown", _("Shown")
    REQUIRED = "required", _("Must be filled in")
    READ_ONLY = "read_only", _("Can be read, not changed")
    HIDDEN = "hidden", _("Not shown")


class Severity(models.TextChoices):
    """What happens when a rule's condition is true."""

    REFUSE = "refuse", _("Refuse to save")
    WARN = "warn", _("Save, and remind")


class TagTone(models.TextChoices):
    """Colour of a tag; always beside its word, never instead of it."""

    NEUTRAL = "neutral", _("Grey")
    INFO = "info", _("Blue")
    GOOD = "good", _("Green")
    WARN = "warn", _("Yellow")
    BAD = "bad", _("Red")
