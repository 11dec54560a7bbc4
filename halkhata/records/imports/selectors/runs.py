"""Reading imports and exports for pages and the command line."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound
from halkhata.records.customers.selectors.keyset import Page, page_by_time
from halkhata.records.imports.issue_words import issue_sentence
from halkhata.records.imports.models import ExportRun, ImportedRow, ImportIssue, ImportRun
from halkhata.records.imports.policies import can_see_run
from halkhata.records.imports.reading.sources import all_rows, path_of
from halkhata.records.imports.services.progress import target_of

SHOWN_ISSUES = 50
_BATCH = 2_000


def run_for(user: User, pk: int) -> ImportRun:
    """The import. Raises NotFound for another person's, too, unless the user sees the whole house."""
    run = ImportRun.objects.select_related("source", "branch", "created_by").filter(pk=pk).first()
    if run is None or not can_see_run(user, run):
        raise NotFound("no_such_import", _("There is no such import."))
    return run


def runs_page(user: User, *, before: str | None = None, after: str | None = None) -> Page[ImportRun]:
    """Imports that the user may see, the newest first."""
    rows = ImportRun.objects.select_related("branch", "created_by")
    if user.role.scope != "all":
        rows = rows.filter(created_by=user)
    return page_by_time(rows, field="created_at", before=before, after=after, size=25)


def exports_page(user: User, *, before: str | None = None, after: str | None = None) -> Page[ExportRun]:
    """The user's own exports, the newest first."""
    rows = ExportRun.objects.select_related("file").filter(created_by=user)
    return page_by_time(rows, field="created_at", before=before, after=after, size=25)


def first_issues(run: ImportRun) -> list[dict[str, Any]]:
    """The first rows with something the matter, for the page."""
    labels = column_labels(run)
    return [
        {
            "row": issue.row, "kind": issue.kind, "label": issue.get_kind_display(),
            "column": labels.get(issue.column, ""), "text": issue_sentence(issue.code, issue.data),
        }
        for issue in ImportIssue.objects.filter(run=run).order_by("row", "id")[:SHOWN_ISSUES]
    ]  # fmt: skip


def column_labels(run: ImportRun) -> dict[str, str]:
    """Code of a column -> its label in the active language."""
    return {column.code: str(column.label) for column in target_of(run).columns()}


def has_problem_rows(run: ImportRun) -> bool:
    """Whether there is a file of rows with something the matter."""
    return ImportIssue.objects.filter(run=run).exists()


def problem_rows(run: ImportRun) -> Iterator[Sequence[str]]:
    """The rows with something the matter as they stand in the file, with what it is: to be mended and imported again.

    Raises NotFound when the file is not kept any more.
    """
    labels = column_labels(run)
    path = path_of(run)
    headings = run.layout.get("headers", [])
    yield [*headings, _("Row"), _("What is the matter")]
    after = (0, 0)
    rows = enumerate(all_rows(path, run.kind, run.layout), 1)
    number = 0
    cells: Sequence[str] = []
    while batch := list(
        ImportIssue.objects.filter(run=run, row__gt=after[0])
        .order_by("row", "id")
        .values_list("row", "code", "column", "data")[:_BATCH]
    ):
        if len(batch) == _BATCH:
            # A row at the edge may have more to say: it comes whole with the next batch.
            last = batch[-1][0]
            batch = [one for one in batch if one[0] < last] or batch
        said: dict[int, list[str]] = {}
        for row, code, column, data in batch:
            sentence = str(issue_sentence(code, data))
            said.setdefault(row, []).append(f"{labels[column]}: {sentence}" if column in labels else sentence)
        for row, sentences in said.items():
            while number < row:
                try:
                    number, cells = next(rows)
                except StopIteration:
                    return
            padded = [*cells[: len(headings)], *[""] * (len(headings) - len(cells))]
            yield [*padded, str(row), "; ".join(sentences)]
        after = (batch[-1][0], 0)


def kept_count(run: ImportRun) -> int:
    """How many records an undo left in place because somebody has used or changed them since."""
    return ImportedRow.objects.filter(run=run).exclude(kept="").count()
