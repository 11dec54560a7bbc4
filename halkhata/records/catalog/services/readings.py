"""How far a unit has run."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog import policies
from halkhata.records.catalog.days import moment_of, refuse_odd_day
from halkhata.records.catalog.models import Reading, Unit
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.units import lock_unit

MOST = 9_999_999


def add_reading(*, actor: Any, unit: Unit, value: int, read_on: date, source: str) -> Reading:
    """Write down what the meter shows. One below an earlier day's is taken and marked: a meter may be changed.

    The same value of the same day is written once. Raises PermissionRefused, NotFound, DomainError ``no_usage`` (units
    of this kind have no meter), ``in_future``, ``not_a_reading``.
    """
    policies.require(actor, policies.EDIT)
    policies.require_unit(actor, unit)
    refuse_odd_day(read_on, "read_on")
    if not 0 <= value <= MOST:
        raise DomainError("not_a_reading", _("Write the reading as a whole number."), field="value")
    with transaction.atomic():
        held = lock_unit(unit.pk)
        if not held.product.kind.usage_unit:
            raise DomainError("no_usage", _("Units of this kind have no meter."), field="value")
        same = Reading.objects.filter(unit=held, value=value, read_on=read_on).first()
        if same is not None:
            return same
        reading = Reading.objects.create(
            unit=held,
            value=value,
            read_on=read_on,
            source=clean_text(source, max_length=20) or "counter",
            went_back=Reading.objects.filter(unit=held, read_on__lte=read_on, value__gt=value).exists(),
            written_by=actor if isinstance(actor, User) else None,
        )
        record(actor=actor, action="unit.reading", record=held, after={"value": value, "read_on": read_on})
        write_life(
            actor=actor,
            unit=held,
            verb="unit.read",
            at=moment_of(read_on),
            data={"value": value, "unit": held.product.kind.usage_unit, "went_back": reading.went_back},
        )
    return reading
