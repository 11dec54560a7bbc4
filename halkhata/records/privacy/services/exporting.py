"""Everything the house knows about one person as one file: JSON, CSV and the files themselves (Art. 15, 20; N6)."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from django.db import transaction
from django.db.models import BinaryField, Field, Model

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.personal_data import PersonalData
from halkhata.foundation.core.table_cells import csv_lines
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import read_file
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.privacy.choices import RequestState
from halkhata.records.privacy.models import DataRequest
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.services.person_rows import entries, model_of, own_addresses, rows_of

# Larger than this and the file is written to the disk instead of memory.
IN_MEMORY = 8 * 1024 * 1024


def fields_of(entry: PersonalData) -> list[Field[Any, Any]]:
    """The columns that an export shows: every one of the model but those the entry hides, and raw bytes."""
    model: type[Model] = model_of(entry)
    return [
        one for one in model._meta.concrete_fields if one.name not in entry.hidden and not isinstance(one, BinaryField)
    ]


def rows_for_export(customer_id: int) -> Iterator[tuple[PersonalData, list[dict[str, Any]]]]:
    """Each table with the person's rows as plain values, in the order of the registry; empty tables are left out."""
    ids = family_of(customer_id)
    addresses = own_addresses(ids)
    for entry in reversed(entries()):
        names = [(one.name, one.attname) for one in fields_of(entry)]
        found = rows_of(entry, ids, addresses).order_by("pk").values(*(column for _name, column in names))
        rows = [{column: plain(row[column]) for _name, column in names} for row in found.iterator(chunk_size=500)]
        if rows:
            yield entry, rows


def plain(value: Any) -> Any:
    """A value as JSON has it. Times are UTC in ISO 8601, amounts are text so that nothing is rounded."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return f"{len(bytes(value))} bytes"
    return value


def export_person(*, actor: Any, customer: Customer, request: DataRequest | None = None) -> IO[bytes]:
    """A ZIP with ``data.json``, a CSV for each table and the stored files; written down in the audit trail.

    The reader gets it open at its beginning. Raises PermissionRefused.
    """
    require_privacy(actor)
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed to the reader open
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        counts = _write(archive, customer)
    with transaction.atomic():
        record(
            actor=actor, action="privacy.export", record=customer,
            after={"rows": sum(counts.values()), "request": request.number if request else ""},
        )  # fmt: skip
        record_activity(customer=customer, verb="privacy.exported", actor=actor)
        if request is not None:
            DataRequest.objects.filter(pk=request.pk, state=RequestState.OPEN).update(
                state=RequestState.DONE, ended_at=now(), ended_by_id=getattr(actor, "pk", None)
            )
    out.seek(0)
    return out


def _write(archive: zipfile.ZipFile, customer: Customer) -> dict[str, int]:
    tables: dict[str, list[dict[str, Any]]] = {}
    files: set[int] = set()
    for entry, rows in rows_for_export(customer.pk):
        label = model_of(entry)._meta.label_lower
        tables[label] = rows
        columns = list(rows[0])
        lines = csv_lines([columns, *([_cell(row[name]) for name in columns] for row in rows)])
        archive.writestr(f"csv/{label}.csv", "\ufeff" + "".join(lines))
        for column in entry.files:
            files |= {row[f"{column}_id"] for row in rows if row[f"{column}_id"]}
    about = {
        "made_at": now().isoformat(),
        "shop": Installation.current().name,
        "customer": customer.pk,
        "tables": tables,
    }
    archive.writestr("data.json", json.dumps(about, ensure_ascii=False, indent=1))
    for file in StoredFile.objects.filter(pk__in=files).order_by("pk"):
        try:
            archive.writestr(f"files/{file.pk}-{file.original_name}", read_file(file))
        except NotFound:
            archive.writestr(f"files/{file.pk}-missing.txt", b"")
    return {label: len(rows) for label, rows in tables.items()}


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
