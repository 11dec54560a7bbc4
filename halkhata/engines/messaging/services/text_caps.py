"""How much a number hears from us without a person: as many texts as an address gets mails (A52.5)."""

from django.db.models import Q

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.selectors.limits import mail_limits
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose, TextState
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer

# What never went to anybody fills nobody's phone.
_UNCOUNTED = (TextState.WITHDRAWN, TextState.REFUSED)


def over_limit(number: str) -> bool:
    """Whether the number had as many automatic texts lately as are allowed. The caller holds the number's lock."""
    limits = mail_limits()
    automatic = Q(message__isnull=True) | Q(message__is_automatic=True)
    recent = (
        TextMessage.objects.filter(automatic, to_address=number, prepared_at__gt=now() - limits.window)
        .exclude(state__in=_UNCOUNTED)
        .exclude(purpose__in=[TextPurpose.CODE, TextPurpose.OFFER, TextPurpose.RENEW])
        # What a person wrote beside a thread.
        .exclude(cause__startswith="written:")
    )
    return len(recent.values_list("pk")[: limits.per_address]) >= limits.per_address


def answer_text(
    *,
    number: str,
    words: str,
    cause: str,
    language: str,
    customer: Customer | None = None,
    item: WorkItem | None = None,
) -> TextMessage | None:
    """Answer a text that came in, by itself; None when the number had enough of us."""
    if over_limit(number):
        return None
    return prepare_text(
        item=item, customer=None if item is not None else customer, channel=TextChannel.SMS, to_address=number,
        text=words, cause=cause, language=language,
    )  # fmt: skip
