"""Closed lists of the customer records."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Honorific(models.TextChoices):
    """How a person is addressed. Chosen by staff, never inferred from the name (D.1)."""

    NONE = "", _("None")
    JANAB = "janab", _("Janab")
    BEGUM = "begum", _("Begum")
    SRI = "sri", _("Sri")
    SRIMATI = "srimati", _("Srimati")
    BHAI = "bhai", _("Bhai")
    APA = "apa", _("Apa")
    MR = "mr", _("Mr")
    MS = "ms", _("Ms")
    DR = "dr", _("Dr")


# Titles that stand behind the name.
AFTER_THE_NAME = frozenset({Honorific.BHAI, Honorific.APA})


class ContactKind(models.TextChoices):
    """By what a customer is reached."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")


class PreferredChannel(models.TextChoices):
    """By what a customer wants to be reached."""

    PHONE = "phone", _("Phone")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")


class SearchKind(models.TextChoices):
    """Why a search key leads to a customer."""

    WORD = "word", "word"
    SOUND = "sound", "sound"
    DIGITS = "digits", "digits"
    TAIL = "tail", "tail"
    EMAIL = "email", "email"
    CODE = "code", "code"
    # A keyed hash of an identity paper's number: for finding doubles only, no box searches in it.
    PAPER = "paper", "paper"


class AliasKind(models.TextChoices):
    """What of a person was different before."""

    NAME = "name", _("Name")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")


class Relation(models.TextChoices):
    """Who somebody is in a household."""

    HEAD = "head", _("Head of the household")
    SPOUSE = "spouse", _("Husband or wife")
    CHILD = "child", _("Son or daughter")
    PARENT = "parent", _("Father or mother")
    SIBLING = "sibling", _("Brother or sister")
    OTHER = "other", _("Other relative")
