"""Making, changing and removing segments."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from halkhata.engines.segments.compiling import read_conditions
from halkhata.engines.segments.models import Segment, SegmentState
from halkhata.engines.segments.policies import fields_open_to, require_segments
from halkhata.engines.segments.promises import asks_for
from halkhata.engines.segments.registry import SegmentField
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.fields.conditions.tree import as_json

MOST_SEGMENTS = 100
# By name: jobs stand above services.
BUILD_TASK = "halkhata.engines.segments.jobs.build_segment"
REMOVE_TASK = "halkhata.engines.segments.jobs.remove_segment"


def save_segment(
    *,
    actor: Any,
    segment: Segment | None = None,
    version: int | None = None,
    name_bn: str = "",
    name_en: str = "",
    conditions: Any = None,
    fields: Mapping[str, SegmentField] | None = None,
) -> Segment:
    """Make a segment or change it; with other conditions its members are found anew, in the background.

    No ``conditions``: those that it has. ``fields``: those that may be named, where they are fewer than the actor's own
    (a key that sees less than its user). Raises PermissionRefused, NotFound, Conflict "changed_meanwhile", DomainError
    "no_name", "too_many_segments", and those of ``parse``.
    """
    require_segments(actor)
    bengali, english = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bengali and not english:
        raise DomainError("no_name", _("Write the name in at least one language."), field="name_bn")
    tree = None
    if conditions is not None or segment is None:
        tree = as_json(read_conditions(conditions, fields_open_to(actor) if fields is None else fields))
    with transaction.atomic():
        if segment is None:
            if Segment.objects.there().count() >= MOST_SEGMENTS:
                raise DomainError("too_many_segments", _("At most 100 segments fit."))
            row = Segment(created_by=actor if isinstance(actor, User) else None)
            before = None
        else:
            held = Segment.objects.there().select_for_update().filter(pk=segment.pk).first()
            if held is None:
                raise NotFound("no_such_segment", _("There is no such segment."))
            row = held
            if version is not None and row.version != version:
                raise Conflict("changed_meanwhile", _("Somebody changed this segment while you were writing."))
            before = _state(row)
            row.version += 1
        is_new = tree is not None and (segment is None or row.conditions != tree)
        row.name_bn, row.name_en, row.updated_at = bengali, english, now()
        if is_new:
            row.conditions, row.state = tree, SegmentState.BUILDING
        row.save()
        trail.record(actor=actor, action="segment.save", record=row, before=before, after=_state(row))
        if is_new:
            enqueue_once(import_string(BUILD_TASK), f"segment:{row.pk}:{row.version}", row.pk)
    return row


def delete_segment(*, actor: Any, segment: Segment) -> None:
    """Remove a segment: gone at once for everybody; its members go in the background.

    Raises PermissionRefused, and Conflict "segment_in_use" while a promise or a step of the escalation asks for it:
    without it, nobody would meet them any more.
    """
    require_segments(actor)
    with transaction.atomic():
        row = Segment.objects.there().select_for_update().filter(pk=segment.pk).first()
        if row is None:
            return
        asking = asks_for(row)
        if asking:
            raise Conflict(
                "segment_in_use",
                _("This segment is asked for by %(what)s. Change that first.") % {"what": asking},
            )
        trail.record(actor=actor, action="segment.delete", record=row, before=_state(row))
        row.state = SegmentState.GOING
        row.version += 1
        row.save(update_fields=["state", "version"])
        enqueue_once(import_string(REMOVE_TASK), f"segment:{row.pk}:remove", row.pk)


def _state(segment: Segment) -> dict[str, Any]:
    return {"name_bn": segment.name_bn, "name_en": segment.name_en, "conditions": segment.conditions}
