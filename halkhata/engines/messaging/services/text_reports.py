"""What a carrier learns of a short text after it was handed over: that it arrived, that it did not, that it went after
all, or never. "Delivered" is the end: nothing leads back from there."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.text_sending import MOST_TRIES
from halkhata.engines.messaging.services.texts import SEND_TASK
from halkhata.engines.messaging.text_choices import TextPurpose, TextState
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs.backend import enqueue_once

# News that come later than this are of no use to anybody.
_STILL_NEWS = timedelta(hours=24)


def note_delivered(pk: int) -> bool:
    """The customer's phone has it. Also where we had given it up: the report knows better."""
    before = (TextState.QUEUED, TextState.SENDING, TextState.SENT, TextState.IN_DOUBT, TextState.FAILED)
    return _end(pk, before, TextState.DELIVERED)


def note_not_delivered(pk: int, said: str) -> bool:
    """It went and did not arrive: ``said`` is why. It gives its place among the week's offers back."""
    before = (TextState.SENDING, TextState.SENT, TextState.IN_DOUBT)
    changed = _end(pk, before, TextState.FAILED)
    if changed:
        TextMessage.objects.filter(pk=pk).update(said=said[:300], counted_at=None)
    return changed


def note_went(pk: int) -> bool:
    """What was in doubt went after all."""
    return _end(pk, (TextState.IN_DOUBT,), TextState.SENT)


@transaction.atomic
def note_never_went(pk: int) -> bool:
    """What was in doubt never reached the carrier. News of the customer's own matter go back in line; anything else has
    failed: a code has run out, and an offer may not go at every hour."""
    fresh = TextMessage.objects.filter(pk=pk, state=TextState.IN_DOUBT, prepared_at__gt=now() - _STILL_NEWS)
    news = fresh.filter(purpose=TextPurpose.NOTICE, is_demo=False, attempts__lt=MOST_TRIES).exclude(text="")
    if news.update(state=TextState.QUEUED, attempts=F("attempts") + 1, settled_at=None):
        enqueue_once(import_string(SEND_TASK), f"text:{pk}", pk)
        return True
    changed = _end(pk, (TextState.IN_DOUBT,), TextState.FAILED)
    if changed:
        TextMessage.objects.filter(pk=pk).update(counted_at=None)
    return changed


def _end(pk: int, before: tuple[TextState, ...], state: TextState) -> bool:
    rows = TextMessage.objects.filter(pk=pk, state__in=before, is_demo=False)
    return bool(
        rows.update(state=state, lease_until=None, sealed_text="", settled_at=Coalesce("settled_at", Value(now())))
    )
