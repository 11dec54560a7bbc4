"""Correcting what was typed wrongly about a unit: its numbers and further details."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict
from halkhata.records.catalog import policies
from halkhata.records.catalog.identifiers import clean_batch, read_identifiers
from halkhata.records.catalog.models import Unit, UnitIdentifier
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.units import (
    clean_extra,
    find_taken,
    lock_unit,
    save_unit,
    store_identifiers,
    taken_error,
)


def correct_unit(
    *,
    actor: Any,
    unit: Unit,
    identifiers: Mapping[str, str],
    extra: Mapping[str, str] | None = None,
    batch: str | None = None,
    version: int | None = None,
) -> Unit:
    """Give a unit other numbers and details; what stays the same is not written, nor what is None.

    Raises PermissionRefused, NotFound, Conflict ``changed_meanwhile`` and ``identifier_taken``, DomainError as
    ``read_identifiers`` does.
    """
    policies.require(actor, policies.EDIT)
    policies.require_unit(actor, unit)
    with transaction.atomic():
        held = lock_unit(unit.pk)
        if version is not None and held.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed this unit meanwhile. Please look at it again.")
            )
        kind = held.product.kind
        read = read_identifiers(kind, identifiers)
        before = {one.kind: one.value for one in held.identifiers.all()}
        after = {one.kind: one.value for one in read}
        further = clean_extra(kind, extra) if extra is not None else held.extra
        lot = clean_batch(batch) if batch is not None else held.batch
        if before == after and further == held.extra and lot == held.batch:
            return held
        taken = find_taken(held.product, read, but=held)
        if taken is not None:
            raise taken_error(actor, taken, read)
        if before != after:
            UnitIdentifier.objects.filter(unit=held).delete()
            store_identifiers(actor, held, held.product, read)
        old_extra, held.extra = held.extra, further
        old_batch, held.batch = held.batch, lot
        save_unit(held)
        record(
            actor=actor,
            action="unit.correct",
            record=held,
            before={**before, "extra": old_extra, "batch": old_batch or ""},
            after={**after, "extra": further, "batch": lot or ""},
        )
        write_life(actor=actor, unit=held, verb="unit.corrected")
    return held
