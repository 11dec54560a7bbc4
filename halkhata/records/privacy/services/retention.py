"""The retention schedule: what is past its period goes by itself each night (E.9, N12)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.records.customers.models import Activity, Customer
from halkhata.records.privacy.choices import RequestState
from halkhata.records.privacy.models import DataRequest, Erasure, LegalHold, RetentionRule
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.registry import retention_classes
from halkhata.records.privacy.services.erasing import erase_person

SHORTEST, LONGEST = 30, 36_525
A_NIGHT = 500


@transaction.atomic
def set_period(*, actor: Any, code: str, days: int | None) -> RetentionRule | None:
    """Let data of a class go after so many days; None: they stay. Raises PermissionRefused, NotFound, DomainError."""
    require_privacy(actor)
    if code not in retention_classes:
        raise NotFound("no_such_class", _("There is no such class of data."))
    rule = RetentionRule.objects.select_for_update().filter(code=code).first()
    if days is None:
        if rule is not None:
            before_days = {"days": rule.days}
            record(actor=actor, action="privacy.retention", record=rule, before=before_days, after={"days": None})
            rule.delete()
        return None
    if not SHORTEST <= days <= LONGEST:
        raise DomainError("bad_days", _("At least 30 days, at most 100 years."), field="days")
    before = rule.days if rule is not None else None
    rule = rule or RetentionRule(code=code)
    rule.days, rule.changed_at = days, now()
    rule.changed_label = (actor.audit_label if actor is not None else "")[:150]
    rule.version += 1
    rule.save()
    record(actor=actor, action="privacy.retention", record=rule, before={"days": before}, after={"days": days})
    return rule


def sweep_retention(limit: int = A_NIGHT) -> dict[str, int]:
    """Remove what is past its period; each class by itself. Returns how much went of each."""
    gone = {}
    held = list(LegalHold.objects.filter(ended_at__isnull=True).values_list("customer_id", flat=True))
    for rule in list(RetentionRule.objects.order_by("code")):
        known = retention_classes.find(rule.code)
        if known is None:
            continue
        at = now()
        count = known.sweep(at - timedelta(days=rule.days), held, limit)
        RetentionRule.objects.filter(pk=rule.pk).update(last_run_at=at, last_count=count)
        gone[rule.code] = count
    return gone


def sweep_quiet_customers(cutoff: datetime, held: Any, limit: int) -> int:
    """Erase people of whom nothing was heard since ``cutoff`` and with whom nothing is open."""
    done_before = Erasure.objects.filter(customer_id_then=OuterRef("pk"))
    heard = Activity.objects.filter(customer=OuterRef("pk"), at__gte=cutoff)
    quiet = Customer.objects.filter(merged_into__isnull=True, updated_at__lt=cutoff, created_at__lt=cutoff)
    quiet = quiet.exclude(pk__in=list(held)).filter(~Exists(done_before), ~Exists(heard))
    gone = 0
    for customer in list(quiet.order_by("updated_at", "pk")[:limit]):
        try:
            erase_person(actor=SYSTEM, customer=customer)
        except Conflict:
            continue  # something is open, or it is held: looked at again the next night
        gone += 1
    return gone


def sweep_ended_requests(cutoff: datetime, held: Any, limit: int) -> int:
    """Delete the words of requests that ended before ``cutoff``; number, kind and times stay as proof."""
    rows = DataRequest.objects.exclude(state=RequestState.OPEN).filter(ended_at__lt=cutoff)
    rows = rows.exclude(what="", identity_check="").exclude(customer_id__in=list(held))
    return DataRequest.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:limit])).update(
        what="", identity_check=""
    )
