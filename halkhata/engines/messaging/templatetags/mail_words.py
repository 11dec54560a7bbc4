"""Words for stored codes of mail trouble: ``{% load mail_words %}{{ mailbox.last_fetch_code|mail_error }}``."""

from typing import Any

from django import template

from halkhata.engines.messaging.selectors.error_words import words_for

register = template.Library()


@register.filter
def mail_error(code: str) -> Any:
    """What went wrong, in the reader's language."""
    return words_for(code)
