"""Words for stored codes of mail trouble: ``{% load mail_words %}{{ mailbox.last_fetch_code|mail_error }}``."""

from typing import Any

from django import template

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.selectors import channel_health
from halkhata.engines.messaging.selectors.error_words import words_for

register = template.Library()


@register.filter
def mail_error(code: str) -> Any:
    """What went wrong, in the reader's language."""
    return words_for(code)


@register.filter
def incoming_light(mailbox: Mailbox) -> channel_health.Light:
    """How reading the mailbox goes."""
    return channel_health.incoming_light(mailbox)


@register.filter
def outgoing_light(mailbox: Mailbox) -> channel_health.Light:
    """How sending by the mailbox goes."""
    return channel_health.outgoing_light(mailbox)
