"""Removing the invented rows of this app."""

from django.db.models import Q

from halkhata.engines.messaging.models import (
    Conversation,
    Delivery,
    InboundRaw,
    Mailbox,
    Message,
    ShortText,
    Suppression,
    Template,
    TemplateProposal,
    TemplateRules,
    TemplateVersion,
    TextMessage,
    TrialMail,
)
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.append_only import suspended


def clear_demo() -> int:
    """Delete conversations of invented items, invented mail, mailboxes and texts. Returns how many rows went."""
    messages = Message.objects.filter(conversation__item__is_demo=True)
    gone = Delivery.objects.filter(message__in=messages).delete()[0]
    gone += messages.delete()[0]
    gone += Conversation.objects.filter(item__is_demo=True).delete()[0]
    gone += _clear_texts()
    for model in (InboundRaw, Suppression, ShortText, TextMessage):
        gone += model.objects.filter(is_demo=True).delete()[0]
    return gone + Mailbox.objects.filter(is_demo=True).delete()[0]


def _clear_texts() -> int:
    """Invented texts with their versions, which nothing else may delete, and what invented people proposed or tried."""
    people = User.objects.filter(is_demo=True).values("pk")
    gone = TrialMail.objects.filter(user__in=people).delete()[0]
    gone += TemplateProposal.objects.filter(author_id_then__in=people).delete()[0]
    if not User.objects.filter(is_demo=False).exists():
        # Nobody is left whose rule it could be.
        TemplateRules.objects.all().delete()
    # A text of an invented department goes with the department, whoever wrote it.
    texts = Template.objects.filter(Q(is_demo=True) | Q(team__is_demo=True))
    with suspended("messaging_templateversion_documents", "messaging_templateversion"):
        gone += TemplateVersion.objects.filter(template__in=texts).delete()[0]
    return gone + texts.delete()[0]
