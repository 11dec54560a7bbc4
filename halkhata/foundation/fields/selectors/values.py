"""Reading what was filled in: for pages, API, import, conditions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from halkhata.foundation.fields.kinds import shown, value_of
from halkhata.foundation.fields.registry import target_called
from halkhata.foundation.fields.selectors.schema import CustomField, Schema, ShownTag, schema_of

DOTS = "•••"


def definitions_for(target: str) -> tuple[CustomField, ...]:
    """The fields in use on ``target``, in their order: code, label, kind, options. One statement at most.

    What import, export and API show as columns. Raises KeyError for a target that no app registered.
    """
    return schema_of(target).active


def read_values(target: str, ids: Iterable[int], *, schema: Schema | None = None) -> dict[int, dict[str, Any]]:
    """What is filled in on these records: by id, then by code of the field. Nothing filled in is not there.

    Two statements whatever the number of ids; one when no field is set up. Values as in ``kinds``.
    """
    schema = schema or schema_of(target)
    wanted = list(ids)
    found: dict[int, dict[str, Any]] = {pk: {} for pk in wanted}
    if not schema.fields or not wanted:
        return found
    by_pk = {one.pk: one for one in schema.active}
    rows: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in target_called(target).values._default_manager.filter(record_id__in=wanted):
        rows[row.record_id, row.field_id].append(row)
    for (record_id, field_id), held in rows.items():
        if (one := by_pk.get(field_id)) is not None:
            found[record_id][one.code] = value_of(one.kind, held, options=one.options)
    return found


def read_tags(target: str, ids: Iterable[int], *, schema: Schema | None = None) -> dict[int, list[ShownTag]]:
    """The tags of these records by id, in the order of their names."""
    schema = schema or schema_of(target)
    wanted = list(ids)
    found: dict[int, list[ShownTag]] = {pk: [] for pk in wanted}
    if not schema.tags or not wanted:
        return found
    by_pk = {tag.pk: tag for tag in schema.tags}
    uses = target_called(target).tag_uses._default_manager.filter(record_id__in=wanted)
    for record_id, tag_id in uses.values_list("record_id", "tag_id"):
        if (tag := by_pk.get(tag_id)) is not None:
            found[record_id].append(tag)
    for tags in found.values():
        tags.sort(key=lambda tag: tag.key)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownValue:
    """One line of a card."""

    field: CustomField
    text: str
    is_masked: bool
    is_long: bool


def shown_values(
    target: str, user: Any, values: Mapping[str, Any], *, schema: Schema | None = None
) -> list[ShownValue]:
    """What the user's layout shows of ``values``, only what is filled in; private values as dots for who may not."""
    whole = target_called(target).see_private(user)
    lines = []
    for one in (schema or schema_of(target)).shown_to(user):
        value = values.get(one.code)
        if value is None:
            continue
        masked = (one.is_private or one.kind == "phone") and not whole
        text = DOTS if masked else shown(one.kind, value, options=one.options)
        lines.append(ShownValue(field=one, text=text, is_masked=masked, is_long=one.kind == "long_text"))
    return lines


def visible_values(
    target: str, user: Any, values: Mapping[str, Any], *, schema: Schema | None = None, whole: bool | None = None
) -> dict[str, Any]:
    """``values`` without what the user's layout hides, and with None where a private value is not for the user."""
    whole = target_called(target).see_private(user) if whole is None else whole
    return {
        one.code: None if (one.is_private or one.kind == "phone") and not whole else values.get(one.code)
        for one in (schema or schema_of(target)).shown_to(user)
    }
