"""A parcel that may be late: its owner is told once, and the customer before the promised time passes (A56.21)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from halkhata.engines.deliveries.choices import PromiseState, StepKind
from halkhata.engines.deliveries.models import DeliveryStep, Parcel
from halkhata.engines.deliveries.parcel_choices import Alarm
from halkhata.engines.deliveries.selectors.rules import tracking_rules
from halkhata.engines.deliveries.services.watching import tell_of_risk
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now

VERB = "parcel.alarm"
_WEIGHT = {Alarm.NONE: 0, Alarm.SILENT: 1, Alarm.FAILED: 2, Alarm.RETURNED: 3}


def watch_parcels(limit: int = 500) -> int:
    """Raise the alarm for parcels of which nothing was heard for the days that the shop set. Returns how many."""
    days = tracking_rules().silent_days
    if not days:
        return 0
    at = now()
    before = at - timedelta(days=days)
    # What was raised already for a date that stands is left out: the oldest would fill the sweep for ever.
    rows = Parcel.objects.under_way().filter(last_sign_at__lte=before).filter(Q(alarm="") | Q(promise__isnull=False))
    rows = rows.filter(Q(promise__isnull=True) | Q(promise__state=PromiseState.OPEN))
    rows = rows.filter(Q(alarm="") | ~Q(promise__moves=F("alarm_moves")))
    return sum(_silent(pk, before) for pk in rows.order_by("last_sign_at", "pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _silent(pk: int, before: datetime) -> bool:
    rows = Parcel.objects.select_for_update(of=("self",)).select_related("courier", "owner", "item", "promise")
    held = rows.filter(pk=pk).first()
    if held is None or held.is_over or held.last_sign_at > before:
        return False
    if (moved := _moved_at(held)) is not None and moved > before:
        return False
    return raise_alarm(held, Alarm.SILENT)


def raise_alarm(held: Parcel, alarm: Alarm) -> bool:
    """Tell the owner, and by the promise's own notice the customer; once for each date that was promised.

    In the caller's transaction, with the parcel held. Something worse than what was told before is told, too. Returns
    whether it was told now.
    """
    promise = held.promise
    moves = promise.moves if promise is not None else 0
    if promise is not None and promise.state != PromiseState.OPEN and alarm != Alarm.RETURNED:
        return False
    if held.alarm_moves == moves and _WEIGHT[Alarm(held.alarm)] >= _WEIGHT[alarm]:
        return False
    if alarm == Alarm.FAILED and (moved := _moved_at(held)) is not None and held.state_at < moved:
        # An attempt from before the date moved: the new date counts on another one.
        return False
    held.alarm, held.alarm_moves = alarm, moves
    held.save(update_fields=["alarm", "alarm_moves"])
    notify(
        user=held.owner,
        verb=VERB,
        item=held.item,
        data={
            "parcel": held.pk, "alarm": alarm.value, "what": held.what, "parcel_number": held.number,
            "url": f"/promised/parcels/{held.pk}/",
        },
        cause=f"parcel:{held.pk}:{moves}:{alarm.value}",
    )  # fmt: skip
    record(actor=SYSTEM, action="parcel.alarm", record=held, after={"alarm": alarm.value})
    if promise is not None and promise.state == PromiseState.OPEN and promise.promised_for > now():
        tell_of_risk(promise.pk)
    return True


def _moved_at(held: Parcel) -> datetime | None:
    if held.promise_id is None:
        return None
    moves = DeliveryStep.objects.filter(promise_id=held.promise_id, kind=StepKind.MOVED)
    return moves.order_by("-at", "-pk").values_list("at", flat=True).first()
