"""Rows of one table and stored files: deleted, emptied or kept without what points at the person."""

from typing import Any

from django.db.models import Model

from halkhata.foundation.core.personal_data import ERASED, PersonalData
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.unused import relations
from halkhata.records.privacy.services.erasure_run import ErasureRun
from halkhata.records.privacy.services.needles import scrub_value
from halkhata.records.privacy.services.person_rows import in_chunks, model_of, rows_of


def erase_rows(entry: PersonalData, run: ErasureRun) -> None:
    """Do to the person's rows of one table what its entry says; their files are noted for ``drop_files``."""
    if entry.on_erasure == "keep" and not entry.scrub:
        return
    model = model_of(entry)
    label = model._meta.label_lower
    pks = list(rows_of(entry, run.ids, run.addresses).values_list("pk", flat=True))
    if not pks:
        return
    run.touched.setdefault(label, []).extend(str(pk) for pk in pks)
    run.note(label, len(pks))
    for chunk in in_chunks(pks):
        rows = model._base_manager.filter(pk__in=chunk)
        for column in entry.files:
            run.files |= set(rows.exclude(**{f"{column}__isnull": True}).values_list(f"{column}_id", flat=True))
        if entry.on_erasure == "delete":
            rows.delete()
            continue
        for column, value in entry.blank.items():
            # Text that the database asks for is replaced where there is some; empty stays empty.
            chosen = rows.exclude(**{column: ""}) if value == ERASED else rows
            chosen.update(**{column: value})
        for column in entry.scrub:
            _scrub_rows(model, chunk, column, run)


def _scrub_rows(model: type[Model], pks: list[Any], column: str, run: ErasureRun) -> None:
    for row in model._base_manager.filter(pk__in=pks).only("pk", column):
        value = getattr(row, column)
        clean = scrub_value(value, run.needles, free=True)
        if clean != value:
            model._base_manager.filter(pk=row.pk).update(**{column: clean})


def drop_files(run: ErasureRun) -> list[str]:
    """Delete rows of files on which nothing hangs any more. Returns the paths whose bytes must go."""
    rows = StoredFile.objects.filter(pk__in=run.files)
    for model, column in relations():
        used = model._base_manager.filter(**{f"{column}__in": run.files}).values_list(column, flat=True)
        rows = rows.exclude(pk__in=list(used))
    paths = [path for pair in rows.values_list("path", "thumbnail_path") for path in pair if path]
    run.touched.setdefault("files.storedfile", []).extend(str(pk) for pk in rows.values_list("pk", flat=True))
    run.note("files.storedfile", rows.delete()[0])
    return sorted(set(paths))
