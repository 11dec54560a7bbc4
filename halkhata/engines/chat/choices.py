"""Closed lists of chat: the two ways, what a message is, how far one of ours has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChatKind(models.TextChoices):
    """By whose service somebody writes. The values are those of ``engines.work.choices.Channel``."""

    WHATSAPP = "whatsapp", _("WhatsApp")
    MESSENGER = "messenger", _("Messenger")


class EventKind(models.TextChoices):
    """What a webhook tells."""

    MESSAGE = "message", _("Message")
    ECHO = "echo", _("Answer from another app")
    STATUS = "status", _("News of a message of ours")
    OTHER = "other", _("Something else")


class EventState(models.TextChoices):
    """Whether what was told has been worked on."""

    STORED = "stored", _("To be worked on")
    PROCESSED = "processed", _("Done")
    IGNORED = "ignored", _("Nothing to do")
    WAITING = "waiting", _("Waiting for somebody")


class ContentKind(models.TextChoices):
    """What a message is made of."""

    TEXT = "text", _("Text")
    IMAGE = "image", _("Picture")
    AUDIO = "audio", _("Sound")
    VIDEO = "video", _("Video")
    FILE = "file", _("File")
    STICKER = "sticker", _("Sticker")
    PLACE = "place", _("Place")
    CONTACT = "contact", _("Contact")
    REACTION = "reaction", _("Reaction")
    UNKNOWN = "unknown", _("Something we cannot show")


class JoinedHow(models.TextChoices):
    """Why somebody who writes belongs to a customer."""

    NUMBER = "number", _("By the phone number")
    NEW = "new", _("Written down when the first message came")
    HAND = "hand", _("Joined by hand")


class ChatState(models.TextChoices):
    """How far a message of ours has come."""

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    IN_DOUBT = "in_doubt", _("Unclear")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    FAILED = "failed", _("Failed")
    BLOCKED = "blocked", _("Kept back")


# News never lead back: what was read is not merely delivered afterwards.
RANK = {
    ChatState.QUEUED: 0, ChatState.SENDING: 1, ChatState.IN_DOUBT: 1, ChatState.FAILED: 2, ChatState.SENT: 3,
    ChatState.DELIVERED: 4, ChatState.READ: 5,
}  # fmt: skip


class TemplateState(models.TextChoices):
    """What Meta says of a template."""

    PENDING = "pending", _("Being looked at")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    PAUSED = "paused", _("Paused")


class MediaState(models.TextChoices):
    """Whether a file that came along has been fetched."""

    WAITING = "waiting", _("Being fetched")
    STORED = "stored", _("Here")
    FAILED = "failed", _("Could not be fetched")
    TOO_LARGE = "too_large", _("Too large")
