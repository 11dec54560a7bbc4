"""Words about the person in tables that know no customers: the audit trail, jobs, events, kept answers."""

import contextlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import JSONField, Q, QuerySet, TextField
from django.db.models.functions import Cast

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.personal_data import ERASED, PersonalTrace, personal_traces
from halkhata.records.privacy.services.erasure_run import ErasureRun
from halkhata.records.privacy.services.needles import cores_of, in_json, in_text, scrub_text, scrub_value
from halkhata.records.privacy.services.person_rows import in_chunks


def clean_audit(run: ErasureRun) -> None:
    """What the trail says about their rows keeps who did what and when; what was in the rows goes."""
    for label, pks in run.touched.items():
        for chunk in in_chunks(pks):
            found = AuditEntry.objects.filter(record_type=label, record_id__in=chunk)
            for entry in found.only("pk", "before", "after", "note", "record_label").iterator(chunk_size=200):
                AuditEntry.objects.filter(pk=entry.pk).update(
                    before=_shape(entry.before), after=_shape(entry.after), note="", record_label=ERASED
                )
                run.note("audit.auditentry", 1)


def _shape(values: Any) -> Any:
    """Which fields an act touched, without what was in them. Numbers, switches and times say nothing about a person."""
    if values is None:
        return None
    if isinstance(values, dict):
        return {key: _shape(value) for key, value in values.items() if len(str(key)) <= 60}
    return ERASED if isinstance(values, str | list) else values


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What a look before the transaction found in a table that only grows, and up to which row it looked."""

    last: Any
    found: frozenset[Any]


def look_ahead(run: ErasureRun) -> dict[str, Ahead]:
    """Read the long tables that only grow before the transaction begins, so that nobody waits for it meanwhile."""
    found = {}
    for trace in personal_traces:
        if trace.append_only:
            model = apps.get_model(trace.model_label)
            last = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
            rows = model._base_manager.filter(pk__lte=last) if last is not None else model._base_manager.none()
            found[trace.model_label] = Ahead(last=last, found=frozenset(_named(rows, trace, run)))
    return found


def clean_trace(trace: PersonalTrace, run: ErasureRun, ahead: Ahead | None = None) -> None:
    """Rows without a link to people: found by their name, number or address, or by what is said only of them.

    The trail of audit is not searched for what is tied to them: it has their rows by label and id.
    """
    model = apps.get_model(trace.model_label)
    rows = model._base_manager.all()
    tied = set() if trace.append_only else _tied(rows, trace, run)
    if ahead is None or ahead.last is None:
        named = _named(rows, trace, run)
    else:
        named = set(ahead.found) | _named(rows.filter(pk__gt=ahead.last), trace, run)
    for chunk in in_chunks(sorted(tied | named), 200):
        for row in rows.filter(pk__in=chunk):
            values = {column: getattr(row, column) for column in trace.columns}
            clean = {column: _clean_value(value, run, free=row.pk in tied) for column, value in values.items()}
            changed = {column: value for column, value in clean.items() if value != values[column]}
            if not changed and row.pk not in tied:
                continue
            if trace.on_found == "delete":
                row.delete()
            elif changed:
                rows.filter(pk=row.pk).update(**changed)
            run.note(model._meta.label_lower, 1)


def _tied(rows: QuerySet[Any], trace: PersonalTrace, run: ErasureRun) -> set[Any]:
    ties = {f'"{number}"' for number in run.ties} | {
        f'"customer_id":{space}{pk}{end}' for pk in run.ids for space in ("", " ") for end in (",", "}")
    }
    return _rows_with(rows, dict.fromkeys(trace.columns, ties))


def _named(rows: QuerySet[Any], trace: PersonalTrace, run: ErasureRun) -> set[Any]:
    """Rows in which one of the words may stand; which of them do is decided by taking the words out."""
    cores = cores_of(run.needles)
    words = {}
    for column in trace.columns:
        is_json = isinstance(rows.model._meta.get_field(column), JSONField)
        words[column] = {spelt for core in cores for spelt in (in_json(core) if is_json else in_text(core))}
    return _rows_with(rows, words)


def _rows_with(rows: QuerySet[Any], words: Mapping[str, Collection[str]]) -> set[Any]:
    """Keys of the rows in whose columns one of the words stands, whatever the size of its letters."""
    found: set[Any] = set()
    asked = rows.annotate(**{f"text_{column}": Cast(column, TextField()) for column in words})
    pairs = [(f"text_{column}__icontains", word) for column in words for word in sorted(words[column])]
    for chunk in in_chunks(pairs, 200):
        condition = Q()
        for name, word in chunk:
            condition |= Q(**{name: word})
        found |= set(asked.filter(condition).values_list("pk", flat=True))
    return found


def _clean_value(value: Any, run: ErasureRun, *, free: bool) -> Any:
    if not isinstance(value, str):
        return scrub_value(value, run.needles, free=free)
    if free and value[:1] in {"{", "["}:
        with contextlib.suppress(ValueError):
            # JSON that is kept as text: the body of a call to another program.
            return json.dumps(scrub_value(json.loads(value), run.needles, free=True), ensure_ascii=False)
    return scrub_text(value, run.needles)
