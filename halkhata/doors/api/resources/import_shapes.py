"""How lists on their way in are asked for and answered."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from halkhata.doors.api.shapes import Body, Id, PageOut
from halkhata.records.imports.choices import ENDED, RunState
from halkhata.records.imports.issue_words import issue_sentence
from halkhata.records.imports.models import ImportIssue, ImportRun, SavedMapping
from halkhata.records.imports.selectors.runs import has_problem_rows

Known = Literal["fill", "skip", "overwrite"]
Shared = Literal["list", "separate"]
ColumnNumber = Annotated[str, Field(pattern=r"^\d{1,3}$")]
ColumnCode = Annotated[str, Field(max_length=60)]
Mapping = Annotated[
    dict[ColumnNumber, ColumnCode],
    Field(
        max_length=100,
        description="Number of the file's column, from 0, and the code of what it means (GET …/imports/columns).",
        examples=[{"0": "name", "1": "phone"}],
    ),
]


class ImportOut(Schema):
    """One list on its way in. `checked` holds what the dry run found, `counts` the present step; `rows_done` of
    `rows_total` says how far it is."""

    id: int
    target: str
    state: Literal["uploaded", "checking", "checked", "loading", "done", "cancelled", "failed", "undoing", "undone"]
    file_name: str
    file_kind: Literal["csv", "sheet"]
    sheet: str
    sheets: list[str]
    header_row: int
    headings: list[str]
    mapping: dict[str, str]
    bijoy: list[int] = Field(description="Columns written in Bijoy letters, made readable.")
    known: Known
    shared: Shared
    branch_id: int
    rows_done: int
    rows_total: int
    counts: dict[str, int]
    checked: dict[str, int]
    stop_asked: bool
    failure: str
    has_problems: bool
    may_undo: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ImportPage(PageOut):
    """A page of imports, the newest first."""

    items: list[ImportOut]


class ImportMappingIn(Body):
    """What the columns mean: `mapping`, or a mapping that was kept. What is left out stays."""

    mapping: Mapping | None = None
    saved_mapping_id: Id | None = None
    known: Known | None = None
    shared: Shared | None = None
    bijoy: Annotated[list[Annotated[int, Field(ge=0, le=999)]], Field(max_length=100)] | None = None
    header_row: Annotated[int, Field(ge=0, le=50, description="0: there is none.")] | None = None
    branch_id: Id | None = None


class ImportSheetIn(Body):
    """Which sheet of the workbook."""

    sheet: Annotated[str, Field(min_length=1, max_length=100)]


class ImportColumnOut(Schema):
    """One thing a column may mean. `many`: several columns may mean it."""

    code: str
    label: str
    many: bool


class ImportTargetOut(Schema):
    """What can be brought in, and what its columns may mean."""

    target: str
    label: str
    columns: list[ImportColumnOut]


class ImportTargets(Schema):
    """All of them."""

    items: list[ImportTargetOut]


class SavedMappingOut(Schema):
    """A mapping that was kept: headings in their folded form, and what they mean."""

    id: int
    target: str
    name: str
    columns: dict[str, str]
    used_at: datetime


class SavedMappingPage(PageOut):
    """A page of kept mappings, the newest first."""

    items: list[SavedMappingOut]


class ImportIssueOut(Schema):
    """What is the matter with a row of the file."""

    row: int
    kind: Literal["bad", "conflict", "repeated", "mended"]
    code: str
    column: str
    words: str


class ImportIssuePage(PageOut):
    """A page of them, in the order of the file."""

    items: list[ImportIssueOut]


def import_out(run: ImportRun) -> dict[str, Any]:
    """The import as it is answered."""
    names = (
        "id", "target", "state", "file_name", "mapping", "branch_id", "rows_done", "counts", "checked", "failure",
        "created_at", "started_at", "ended_at", "header_row",
    )  # fmt: skip
    layout = run.layout
    return {
        **{name: getattr(run, name) for name in names},
        "file_kind": run.kind,
        "sheet": layout.get("sheet", ""),
        "sheets": layout.get("sheets", []),
        "headings": layout.get("headers", []),
        "bijoy": layout.get("bijoy", []),
        "known": run.options.get("known", "fill"),
        "shared": run.options.get("shared", "list"),
        "rows_total": max(run.rows_total, run.rows_done),
        "stop_asked": run.cancel_asked,
        "has_problems": run.source_id is not None and not run.is_moving and _problems(run),
        "may_undo": run.state in ENDED or (run.state == RunState.UNDONE and bool(run.counts.get("kept"))),
    }


def saved_mapping_out(saved: SavedMapping) -> dict[str, Any]:
    """A kept mapping as it is answered."""
    return {name: getattr(saved, name) for name in ("id", "target", "name", "columns", "used_at")}


def issue_out(issue: ImportIssue) -> dict[str, Any]:
    """What is the matter with a row, in words of the reader's language."""
    return {
        **{name: getattr(issue, name) for name in ("row", "kind", "code", "column")},
        "words": str(issue_sentence(issue.code, issue.data)),
    }


def _problems(run: ImportRun) -> bool:
    # Said along the way by the list, which asks for all its rows at once.
    known = getattr(run, "hint_problems", None)
    return has_problem_rows(run) if known is None else bool(known)
