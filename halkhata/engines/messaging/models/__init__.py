"""Tables of the messaging engine: mailboxes, raw inbound mail, conversations, messages, deliveries, texts."""

from halkhata.engines.messaging.models.contact_rules import ContactRules
from halkhata.engines.messaging.models.conversations import Conversation, Message, MessageAttachment, Participant
from halkhata.engines.messaging.models.followed import FollowedMail
from halkhata.engines.messaging.models.inbound import BlockedSender, InboundRaw
from halkhata.engines.messaging.models.inbound_texts import InboundText
from halkhata.engines.messaging.models.limits import MailLimits
from halkhata.engines.messaging.models.mailboxes import Mailbox
from halkhata.engines.messaging.models.outbound import Delivery, SoftBounce, Suppression
from halkhata.engines.messaging.models.template_versions import TemplateProposal, TemplateRules, TemplateVersion
from halkhata.engines.messaging.models.templates import Template
from halkhata.engines.messaging.models.texting import PrayerTimes, ShortText, TextingSettings
from halkhata.engines.messaging.models.texts import TextMessage
from halkhata.engines.messaging.models.trial_mails import TrialMail

__all__ = [
    "BlockedSender",
    "ContactRules",
    "Conversation",
    "Delivery",
    "FollowedMail",
    "InboundRaw",
    "InboundText",
    "MailLimits",
    "Mailbox",
    "Message",
    "MessageAttachment",
    "Participant",
    "PrayerTimes",
    "ShortText",
    "SoftBounce",
    "Suppression",
    "Template",
    "TemplateProposal",
    "TemplateRules",
    "TemplateVersion",
    "TextMessage",
    "TextingSettings",
    "TrialMail",
]
