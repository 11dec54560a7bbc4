"""Closed lists of privacy: what for, by what way, on what ground, and how a request stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a message or a use of data is for (E.7)."""

    SERVICE = "service", _("Service: answers, appointments, dues")
    SURVEY = "survey", _("Asking how it was")
    MARKETING = "marketing", _("Offers and advertising")
    LOYALTY = "loyalty", _("Points and membership")
    PUBLICATION = "publication", _("Publishing what the customer said or showed")


# What is owed to the customer anyway needs no consent; asking for feedback is allowed until they object (GDPR Art. 6).
NEEDS_CONSENT = frozenset({Purpose.MARKETING, Purpose.LOYALTY, Purpose.PUBLICATION})
UNTIL_OBJECTION = frozenset({Purpose.SURVEY})
# What customers decide about, in the order in which they are asked.
DECIDED = (Purpose.MARKETING, Purpose.LOYALTY, Purpose.SURVEY, Purpose.PUBLICATION)


class ContactChannel(models.TextChoices):
    """By what way somebody is reached."""

    PHONE = "phone", _("Phone call")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    WHATSAPP = "whatsapp", _("WhatsApp")


# Ways that lead to a phone number.
BY_NUMBER = frozenset({ContactChannel.PHONE, ContactChannel.SMS, ContactChannel.WHATSAPP})


class ConsentAct(models.TextChoices):
    """What the person did. ``asked``: a consent that counts once they have confirmed it (double opt-in)."""

    GRANTED = "granted", _("Agreed")
    WITHDRAWN = "withdrawn", _("Said no")
    ASKED = "asked", _("To be confirmed")


class ConsentSource(models.TextChoices):
    """How we know."""

    COUNTER = "counter", _("At the counter")
    PHONE = "phone", _("By phone")
    PAPER = "paper", _("On paper")
    FORM = "form", _("On a form of ours")
    LINK = "link", _("By the link in a message")
    IMPORT = "import", _("From an imported list")
    API = "api", _("From another program")


class ConsentState(models.TextChoices):
    """How a person stands to a purpose by a way."""

    GRANTED = "granted", _("Agreed")
    WITHDRAWN = "withdrawn", _("Said no")
    ASKED = "asked", _("To be confirmed")
    NONE = "none", _("Never asked")


class StopReason(models.TextChoices):
    """Why nothing goes to a number or an address any more."""

    OBJECTION = "objection", _("The person asked us to stop")
    WRONG_PERSON = "wrong", _("It belongs to somebody else")
    COMPLAINT = "complaint", _("The person reported our message as unwanted")


class Refusal(models.TextChoices):
    """Why somebody may not be contacted."""

    NONE = "", ""
    ERASED = "erased", _("The person's data were erased")
    STOPPED = "stopped", _("Nothing may go to this number or address")
    WITHDRAWN = "withdrawn", _("The customer said no")
    NO_CONSENT = "no_consent", _("The customer has not agreed")
    UNCONFIRMED = "unconfirmed", _("The customer has not confirmed yet")
    RESTRICTED = "restricted", _("The use of the customer's data is stopped while a request is open")


class RequestKind(models.TextChoices):
    """What somebody asks about their data (GDPR Art. 15 to 21)."""

    ACCESS = "access", _("A copy of all data")
    RECTIFICATION = "rectification", _("Correct something")
    OBJECTION = "objection", _("No advertising any more")
    ERASURE = "erasure", _("Erase the data")
    RESTRICTION = "restriction", _("Do not use the data for now")


class RequestState(models.TextChoices):
    """How a request stands."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class LegalBasis(models.TextChoices):
    """On what ground data are used (GDPR Art. 6)."""

    CONSENT = "consent", _("Consent")
    CONTRACT = "contract", _("Contract with the person")
    LAW = "law", _("Duty by law")
    INTEREST = "interest", _("Legitimate interest")
