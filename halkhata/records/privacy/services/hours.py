"""Writing down on which clock a customer lives and when they wish to be reached (E.5)."""

from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.models import ContactHours
from halkhata.records.privacy.policies import require_recording


def save_hours(
    *,
    actor: Any,
    customer: Customer,
    time_zone: str = "",
    earliest: time | None = None,
    latest: time | None = None,
    version: int | None = None,
) -> ContactHours:
    """Keep the customer's zone ("": unknown) and the hours in which they wish to be reached (None: any).

    Raises PermissionRefused, NotFound, DomainError ``unknown_zone`` and ``no_span`` at their fields, Conflict
    ``changed_meanwhile``.
    """
    require_recording(actor, customer)
    zone = time_zone.strip()
    if zone and zone not in available_timezones():
        raise DomainError("unknown_zone", _("This time zone is not known."), field="time_zone")
    if (earliest is None) != (latest is None):
        missing = "latest" if latest is None else "earliest"
        raise DomainError("no_span", _("Write both times, or none."), field=missing)
    if earliest is not None and earliest == latest:
        raise DomainError("no_span", _("The two times must differ."), field="latest")
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer.pk)
        row = ContactHours.objects.filter(customer=customer).first() or ContactHours(customer=customer, version=0)
        if version is not None and version != row.version:
            raise Conflict("changed_meanwhile", _("Somebody else changed this meanwhile. Please look at it again."))
        before = _shown(row)
        row.time_zone, row.earliest, row.latest = zone, earliest, latest
        row.version += 1
        row.save()
        record(actor=actor, action="customer.contact_hours", record=customer, before=before, after=_shown(row))
    return row


def _shown(row: ContactHours) -> dict[str, str]:
    return {
        "time_zone": row.time_zone,
        "earliest": f"{row.earliest:%H:%M}" if row.earliest else "",
        "latest": f"{row.latest:%H:%M}" if row.latest else "",
    }
