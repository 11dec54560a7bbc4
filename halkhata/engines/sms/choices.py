"""Closed lists of SMS gateways."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GatewayKind(models.TextChoices):
    """Whose protocol a gateway speaks: one adapter each (adapters/)."""

    HTTP_TEMPLATE = "http_template", _("Any service with a web address")
    SSL_WIRELESS = "ssl_wireless", "SSL Wireless"
    BULKSMSBD = "bulksmsbd", "BulkSMSBD"
    MIMSMS = "mimsms", "MiM SMS"
    SMS_NET_BD = "sms_net_bd", "Alpha SMS (sms.net.bd)"
    KANNEL = "kannel", "Kannel"


class CarryState(models.TextChoices):
    """Where a text stands with a gateway. ``asked``: the call has begun and no answer of it is known yet."""

    ASKED = "asked", _("Handed over, no answer yet")
    BUSY = "busy", _("Not taken now")
    ACCEPTED = "accepted", _("Taken by the gateway")
    REFUSED = "refused", _("Refused by the gateway")
    UNKNOWN = "unknown", _("Nobody knows whether it was taken")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Not delivered")


# The gateway has it, or had it: it is not handed over again.
WITH_GATEWAY = (CarryState.ACCEPTED, CarryState.DELIVERED, CarryState.FAILED)


class ReportState(models.TextChoices):
    """What became of a delivery report."""

    TAKEN = "taken", _("Taken")
    WAITING = "waiting", _("Of a text that is not known yet")
    UNREAD = "unread", _("Could not be read")


class ReportSays(models.TextChoices):
    """What a delivery report says."""

    NOTHING = "", ""
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Not delivered")
    ON_ITS_WAY = "on_its_way", _("On its way")


class Fault(models.TextChoices):
    """Why a gateway does not take a text, as far as it can be told."""

    NONE = "", ""
    BALANCE = "balance", _("The balance is used up.")
    ACCESS = "access", _("The gateway does not accept our key or password.")
    ADDRESS = "address", _("The gateway does not accept the address of our server.")
    SENDER = "sender", _("The gateway does not know the sender's name.")
    MASKING = "masking", _("With a sender's name this text must be in Bengali letters.")
    CAMPAIGN = "campaign", _("An offer needs a campaign that the gateway knows.")
    NUMBER = "number", _("The gateway says that there is no such number.")
    CONTENT = "content", _("The gateway does not take this text.")
    REPEATED = "repeated", _("The gateway has this text already.")
    BUSY = "busy", _("The gateway takes nothing at the moment.")
    CONNECTION = "connection", _("The gateway cannot be reached.")
    NO_ANSWER = "no_answer", _("The gateway did not answer in time.")
    UNREADABLE = "unreadable", _("The answer of the gateway cannot be read.")
    BROKEN = "broken", _("The gateway has a fault of its own.")
    SECRETS = "secrets", _("The keys must be typed again: the secret of this install has changed.")
    OTHER = "other", _("The gateway refuses it.")


# Not a matter of one text: until somebody mends it, no text will go.
OF_THE_GATEWAY = frozenset({
    Fault.BALANCE, Fault.ACCESS, Fault.ADDRESS, Fault.SENDER, Fault.CONNECTION, Fault.UNREADABLE, Fault.BROKEN,
    Fault.SECRETS, Fault.NO_ANSWER, Fault.BUSY,
})  # fmt: skip
