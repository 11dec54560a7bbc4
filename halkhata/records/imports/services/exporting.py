"""Lists on their way out: written in the background, of what their reader may see, safe for a spreadsheet, noted."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines
from halkhata.foundation.files.services.large_files import store_chunks
from halkhata.records.catalog.days import day_of
from halkhata.records.customers.privacy import may_see_private
from halkhata.records.imports.choices import ExportFormat, ExportState
from halkhata.records.imports.models import ExportRun
from halkhata.records.imports.policies import refuse_unless_may_export
from halkhata.records.imports.registry import ExportTarget, export_targets
from halkhata.records.imports.services.limits import refuse_too_many_exports

logger = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024 * 1024
# What fits into one sheet of Excel (its own limit), the row of headings left out.
MOST_SHEET_ROWS = 1_048_575
NOTED_EVERY = 5_000
_BLOCK = 1 << 20


def begin_export(
    *, actor: User, target: str, file_format: str, filters: dict[str, Any] | None = None, shows_private: bool = True
) -> ExportRun:
    """Have a list written in the background; written down in the trail now. Private fields stand in it whole if
    ``shows_private`` (a key may be narrower than its user) and the actor may see them.

    Raises PermissionRefused, DomainError, Conflict "too_many_exports".
    """
    refuse_unless_may_export(actor)
    if target not in export_targets:
        raise DomainError("unknown_target", _("This kind of record cannot be exported here."))
    if file_format not in ExportFormat.values:
        raise DomainError("unknown_choice", _("Choose one of the list."), field="format")
    shows_private = shows_private and may_see_private(actor)
    with transaction.atomic():
        refuse_too_many_exports(actor)
        export = ExportRun.objects.create(
            target=target, format=file_format, filters=filters or {}, created_by=actor, shows_private=shows_private
        )
        trail.record(
            actor=actor, action="export.begin", record=export,
            after={
                "target": target, "format": file_format, "filters": filters or {}, "shows_private": shows_private,
            },
        )  # fmt: skip
        enqueue_once(write_export_file, f"export:{export.pk}", export.pk)
    return export


@task()
def write_export_file(export_id: int) -> int:
    """Write the file of an export. Returns how many rows it has."""
    return write_export(export_id)


def write_export(export_id: int) -> int:
    """Write the file. Asks again whether its reader may: rights may have gone since. Returns how many rows it has."""
    export = ExportRun.objects.select_related("created_by__role", "created_by__branch").filter(pk=export_id).first()
    if export is None or export.state != ExportState.WAITING:
        return 0
    user = export.created_by
    try:
        if not user.is_active:
            raise PermissionRefused("may_not_export", _("You may not export customers."))
        refuse_unless_may_export(user)
        target = export_targets.get(export.target)
    except (PermissionRefused, KeyError) as error:
        code = error.code if isinstance(error, DomainError) else "unknown_target"
        ExportRun.objects.filter(pk=export.pk).update(state=ExportState.FAILED, failure=code, ended_at=now())
        return 0
    # Only ever narrower than what was asked for: the right may have gone between asking and writing.
    export.shows_private = export.shows_private and may_see_private(user)
    with tempfile.TemporaryDirectory(dir=_scratch()) as folder, translation.override(user.language):
        path = Path(folder) / "export"
        count = write_table(
            path, target, user, export.filters, export.format, lambda done: _note(export, done),
            shows_private=export.shows_private,
        )  # fmt: skip
        name = f"{export.target}-{day_of(export.created_at):%Y-%m-%d}.{export.format}"
        file = store_chunks(name=name, chunks=_blocks(path), most=MOST_BYTES)
    with transaction.atomic():
        done = ExportRun.objects.filter(pk=export.pk, state=ExportState.WAITING).update(
            state=ExportState.DONE, file=file, rows_done=count, ended_at=now(), moved_at=now(),
            shows_private=export.shows_private,
        )  # fmt: skip
        if done:
            trail.record(actor=user, action="export.end", record=export, after={"rows": count, "sha256": file.sha256})
    return count


def write_table(
    path: Path, target: ExportTarget, user: Any, filters: dict[str, Any], file_format: str, note: Any = None,
    *, shows_private: bool = True,
) -> int:  # fmt: skip
    """Write the list to ``path`` in the active language. Returns how many rows it has, the headings not counted."""
    headings = [str(heading) for heading in target.headings()]
    rows = _counted(target.rows(user, filters, shows_private), note)
    if file_format == ExportFormat.XLSX:
        return _write_xlsx(path, headings, rows)
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        for line in csv_lines(_all(headings, rows)):
            file.write(line)
            written += 1
    # The first line is that of the headings.
    return written - 1


def _write_xlsx(path: Path, headings: Sequence[str], rows: Iterator[Sequence[Any]]) -> int:
    # Needed by few processes: not at start.
    import xlsxwriter

    # constant_memory: a million rows in no memory. Text is text: no formulas, no links, no numbers made of digits.
    book = xlsxwriter.Workbook(
        str(path),
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    bold = book.add_format({"bold": True})
    number = done = 0
    sheet: Any = None
    for row in rows:
        if sheet is None or number > MOST_SHEET_ROWS:
            sheet, number = _new_sheet(book, headings, bold), 1
        for column, cell in enumerate(row):
            if isinstance(cell, int | float):
                sheet.write_number(number, column, cell)
            elif cell not in (None, ""):
                sheet.write_string(number, column, str(cell)[:32_767])
        number += 1
        done += 1
    if sheet is None:
        _new_sheet(book, headings, bold)
    book.close()
    return done


def _new_sheet(book: Any, headings: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, 18)
        sheet.write_string(0, column, heading, bold)
    return sheet


def _all(headings: Sequence[Any], rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield headings
    yield from rows


def _counted(rows: Iterator[Sequence[Any]], note: Any) -> Iterator[Sequence[Any]]:
    for done, row in enumerate(rows, 1):
        yield row
        if note is not None and done % NOTED_EVERY == 0:
            note(done)


def _note(export: ExportRun, done: int) -> None:
    ExportRun.objects.filter(pk=export.pk).update(rows_done=done, moved_at=now())


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _scratch() -> Path:
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
