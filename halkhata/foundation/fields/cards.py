"""What a page shows of a record's own fields and tags: at most three statements, one where nothing is set up."""

from typing import Any

from halkhata.foundation.fields.registry import target_called
from halkhata.foundation.fields.selectors.schema import ASK, schema_of
from halkhata.foundation.fields.selectors.values import read_tags, read_values, shown_values
from halkhata.foundation.fields.services.values import judge


def card_of(user: Any, target: str, record: Any) -> dict[str, Any]:
    """``lines`` (ShownValue), ``tags`` and ``reminders`` (sentences of the rules that are broken)."""
    schema = schema_of(target, getattr(record, "fields_token", ASK))
    values = read_values(target, [record.pk], schema=schema)[record.pk]
    reminders: list[str] = []
    if schema.rules:
        verdict = judge(
            actor=user, target=target, built_in=target_called(target).read(record), values=values, schema=schema
        )
        reminders = [sentence for _at, sentence in verdict.reminded]
    return {
        "lines": shown_values(target, user, values, schema=schema),
        "tags": read_tags(target, [record.pk], schema=schema)[record.pk],
        "reminders": reminders,
    }
