"""Writing to the life of a unit."""

from datetime import datetime
from typing import Any

from halkhata.foundation.core.clock import now
from halkhata.records.catalog.models import Unit, UnitLife


def write_life(
    *,
    actor: Any,
    unit: Unit,
    verb: str,
    at: datetime | None = None,
    data: dict[str, Any] | None = None,
    url: str = "",
) -> UnitLife:
    """Add one line to the unit's life, in the caller's transaction.

    ``verb`` is a code for which an app registered a sentence in ``life_sentences``; ``data`` holds its values (JSON
    types) and never a person's name or number: the line outlives the person's erasure.
    """
    is_person = getattr(actor, "pk", None) is not None
    return UnitLife.objects.create(
        unit=unit,
        at=at or now(),
        verb=verb,
        data=data or {},
        url=url,
        actor_id=actor.pk if is_person else None,
        actor_label=actor.audit_label[:150] if is_person else "",
    )
