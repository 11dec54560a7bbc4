"""Delivery reports: kept as they come, then applied once, in whatever order they come (F13).

"Delivered" is the end: nothing takes a text back from there.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from halkhata.engines.messaging.services.text_reports import note_delivered, note_not_delivered, note_went
from halkhata.engines.sms.choices import CarryState, ReportSays, ReportState
from halkhata.engines.sms.models import Gateway, SmsDelivery, SmsReport
from halkhata.engines.sms.services.access import access_of, adapter_of
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text

KEPT = timedelta(days=30)
MOST_BODY = 4000
# A gateway that reports often does not write this row each time.
_HEARD = timedelta(minutes=1)


def take_report(*, gateway: Gateway, fields: Mapping[str, str]) -> SmsReport:
    """Take one report. The same one again changes nothing; one of a text that is not known yet waits."""
    body = json.dumps(dict(sorted(fields.items())), ensure_ascii=False)
    digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    access = access_of(gateway)
    read = adapter_of(gateway).read_report(access, fields) if access is not None else None
    at = now()
    with transaction.atomic():
        quiet = Gateway.objects.filter(pk=gateway.pk).exclude(last_report_at__gt=at - _HEARD)
        quiet.update(last_report_at=at)
        row, is_new = SmsReport.objects.get_or_create(
            gateway=gateway,
            digest=digest,
            defaults={
                "body": clean_text(body, max_length=MOST_BODY), "state": ReportState.UNREAD, "at": at,
                "key": clean_text(read.key, max_length=20) if read else "",
                "provider_id": clean_text(read.provider_id, max_length=80) if read else "",
                "says": read.says if read else "", "word": clean_text(read.word, max_length=120) if read else "",
            },
        )  # fmt: skip
        if is_new and row.says and (row.key or row.provider_id):
            found = _delivery_of(row)
            if found is None:
                row.state = ReportState.WAITING
                row.save(update_fields=["state"])
            else:
                _apply(row, found)
    return row


def settle_waiting(delivery: SmsDelivery) -> int:
    """Apply the reports that were quicker than the answer they belong to. In the caller's transaction, which holds the
    delivery. Returns how many."""
    mine = Q(key=delivery.key)
    if delivery.provider_id:
        mine |= Q(provider_id=delivery.provider_id)
    rows = SmsReport.objects.select_for_update().filter(mine, gateway=delivery.gateway_id, state=ReportState.WAITING)
    applied = 0
    for row in rows.order_by("pk"):
        _apply(row, delivery)
        applied += 1
    return applied


def settle_late(limit: int = 200) -> int:
    """Apply reports whose text became known in the same moment as they came. Returns how many."""
    named = Q(key=OuterRef("key")) | (Q(provider_id=OuterRef("provider_id")) & ~Q(provider_id=""))
    known = SmsDelivery.objects.filter(named, gateway=OuterRef("gateway"))
    rows = SmsReport.objects.filter(Exists(known), state=ReportState.WAITING).order_by("pk")[:limit]
    applied = 0
    for row in rows:
        with transaction.atomic():
            found = _delivery_of(row)
            if found is not None:
                applied += settle_waiting(found)
    return applied


def forget_old() -> int:
    """Remove reports that are of no use any more. Returns how many."""
    return SmsReport.objects.filter(at__lt=now() - KEPT).delete()[0]


def apply_state(delivery: SmsDelivery, says: str, said: str) -> None:
    """What became of a text, told by a report or on being asked. In the caller's transaction, which holds the row."""
    at = now()
    if delivery.state == CarryState.DELIVERED:
        return
    if says == ReportSays.DELIVERED:
        delivery.state, delivery.fault = CarryState.DELIVERED, ""
    elif says == ReportSays.FAILED:
        delivery.state = CarryState.FAILED
    elif delivery.state in {CarryState.ASKED, CarryState.UNKNOWN, CarryState.BUSY}:
        delivery.state = CarryState.ACCEPTED
        delivery.accepted_at = delivery.accepted_at or at
    delivery.reported_at = at
    delivery.said = clean_text(said, max_length=300) or delivery.said
    if says in {ReportSays.DELIVERED, ReportSays.FAILED}:
        delivery.ask_at = None
    delivery.save(update_fields=["state", "fault", "accepted_at", "reported_at", "said", "ask_at"])
    if delivery.text_id is None:
        return
    if says == ReportSays.DELIVERED:
        note_delivered(delivery.text_id)
    elif says == ReportSays.FAILED:
        note_not_delivered(delivery.text_id, delivery.said)
    elif delivery.state == CarryState.ACCEPTED:
        note_went(delivery.text_id)


def _delivery_of(row: SmsReport) -> SmsDelivery | None:
    rows = SmsDelivery.objects.select_for_update(of=("self",)).filter(gateway=row.gateway_id)
    found = rows.filter(key=row.key).first() if row.key else None
    return found or (rows.filter(provider_id=row.provider_id).first() if row.provider_id else None)


def _apply(row: SmsReport, delivery: SmsDelivery) -> None:
    apply_state(delivery, row.says, row.word)
    row.delivery, row.state, row.body = delivery, ReportState.TAKEN, ""
    row.save(update_fields=["delivery", "state", "body"])
