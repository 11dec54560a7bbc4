"""Looking ahead: staff are warned when the buffer begins, the customer is told before the promised time (A56.21)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from halkhata.engines.deliveries.choices import PromiseState, StepKind
from halkhata.engines.deliveries.events import DeliveryAtRisk
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.deliveries.services.promising import add_step, write_timeline
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish

# The customer hears it when half of the buffer is gone, and at the latest that long before.
TOLD_BEFORE = timedelta(minutes=30)
# What slipped long ago, while the machine was off, is told by people.
NO_LATER_THAN = timedelta(hours=12)


def warn_of_promises(limit: int = 200) -> int:
    """Warn the owners of what should be ready by now. Each date is warned of once. Returns how many."""
    at = now()
    due = DeliveryPromise.objects.standing().filter(warned_at__isnull=True, ready_by__lte=at).order_by("ready_by", "pk")
    return sum(_warn(pk, at) for pk in due.values_list("pk", flat=True)[:limit])


def tell_of_risks(limit: int = 200) -> int:
    """Tell customers whose promised time comes near with nothing ready. Each date is told once. Returns how many."""
    at = now()
    near = DeliveryPromise.objects.standing().filter(
        told_at__isnull=True, promised_for__lte=at + TOLD_BEFORE, promised_for__gt=at - NO_LATER_THAN
    )
    # The middle of the buffer, without arithmetic on dates in the database: those already warned are few.
    early = DeliveryPromise.objects.standing().filter(
        Q(told_at__isnull=True, warned_at__isnull=False, promised_for__gt=at) & Q(ready_by__lt=F("promised_for"))
    )
    ids = set(near.values_list("pk", flat=True)[:limit])
    for pk, ready_by, promised_for in early.values_list("pk", "ready_by", "promised_for")[:limit]:
        if ready_by + (promised_for - ready_by) / 2 <= at:
            ids.add(pk)
    return sum(_tell(pk, at) for pk in sorted(ids))


def tell_of_risk(pk: int) -> bool:
    """Tell the customer now that this date may slip, if that was not told yet. Returns whether it was told now."""
    return _tell(pk, now())


@transaction.atomic
def _warn(pk: int, at: datetime) -> bool:
    promise = _held(pk)
    if promise is None or promise.warned_at is not None or promise.ready_by > at:
        return False
    promise.warned_at = at
    promise.save(update_fields=["warned_at"])
    add_step(SYSTEM, promise, StepKind.WARNED, at)
    notify(
        user=promise.owner,
        verb="delivery.warned",
        item=promise.item,
        data={
            "promise": promise.pk, "what": promise.what, "due_at": promise.promised_for.isoformat(),
            "url": f"/promised/{promise.pk}/",
        },
        cause=f"delivery:{promise.pk}:{promise.moves}:warned",
    )  # fmt: skip
    return True


@transaction.atomic
def _tell(pk: int, at: datetime) -> bool:
    promise = _held(pk)
    if promise is None or promise.told_at is not None:
        return False
    promise.told_at = at
    promise.save(update_fields=["told_at"])
    add_step(SYSTEM, promise, StepKind.TOLD, at)
    write_timeline(SYSTEM, promise, "delivery.told", at)
    publish(
        DeliveryAtRisk(
            promise_id=promise.pk, item_id=promise.item_id, customer_id=promise.customer_id,
            promised_for=promise.promised_for,
        )
    )  # fmt: skip
    return True


def _held(pk: int) -> DeliveryPromise | None:
    rows = DeliveryPromise.objects.select_for_update(of=("self",)).select_related("owner", "item", "customer")
    return rows.filter(pk=pk, state=PromiseState.OPEN).first()
