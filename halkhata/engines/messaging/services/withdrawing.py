"""Taking back letters that would come too late: what they say is no longer so."""

from collections.abc import Iterable

from halkhata.engines.messaging.choices import BlockReason, OutboundState
from halkhata.engines.messaging.models import Delivery
from halkhata.engines.work.models import WorkItem


def withdraw_waiting(*, item: WorkItem, causes: Iterable[str]) -> int:
    """Keep back the automatic letters about ``item`` that have not begun to leave and whose cause begins so.

    They stay to be seen in thread and outbox, with the reason. Returns how many. One that a sender has taken up already
    goes its way: the condition on its state lets only one of the two have it.
    """
    waiting = Delivery.objects.filter(
        message__conversation__item_id=item.pk, is_automatic=True, state=OutboundState.QUEUED
    )
    beginnings = tuple(causes)
    ids = [pk for pk, cause in waiting.values_list("pk", "cause") if cause.startswith(beginnings)]
    return Delivery.objects.filter(pk__in=ids, state=OutboundState.QUEUED).update(
        state=OutboundState.BLOCKED, block_reason=BlockReason.OVERTAKEN
    )
