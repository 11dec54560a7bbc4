"""Lists on their way in: bring a file, say what its columns mean, try, import, stop, undo; the rows that are wrong."""

from typing import Annotated, Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from ninja import File, Form, Query, Router, Status, UploadedFile
from pydantic import TypeAdapter, ValidationError

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import branch_of
from halkhata.doors.api.problems import ApiProblem
from halkhata.doors.api.resources.import_shapes import (
    ImportIssuePage,
    ImportMappingIn,
    ImportOut,
    ImportPage,
    ImportSheetIn,
    ImportTargets,
    Known,
    Mapping,
    SavedMappingPage,
    Shared,
    import_out,
    issue_out,
    saved_mapping_out,
)
from halkhata.doors.api.shapes import MAX_ID, IdPath, answers, listed, listing, read
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines
from halkhata.records.imports.models import ImportIssue, ImportRun, SavedMapping
from halkhata.records.imports.policies import refuse_unless_may_import
from halkhata.records.imports.reading.headings import mapping_by
from halkhata.records.imports.reading.sources import path_of
from halkhata.records.imports.registry import import_targets
from halkhata.records.imports.selectors.runs import problem_rows, run_for
from halkhata.records.imports.services.beginning import (
    ask_to_stop,
    begin_check,
    begin_load,
    begin_undo,
    choose_sheet,
    receive_file,
    set_mapping,
)
from halkhata.records.imports.services.progress import target_of

router = Router(tags=["imports"])
RUNS = {"-created_at": Order(column="created_at", descending=True)}
MAPPINGS = {"-id": Order(column="pk", descending=True)}
ISSUES = {"row": Order(column="row")}
STEP = answers({200: ImportOut}, 400, 404, 409)
SAID = answers({200: ImportOut}, 400, 404, 409, 413, 415)
_MAPPING = TypeAdapter(Mapping)


@router.get("", response=listing(ImportPage), summary="List imports")
def list_imports(request: KeyRequest, filters: Query[Page]) -> dict[str, Any]:
    """One's own imports; everybody's for who sees the whole house."""
    _require(request)
    rows = ImportRun.objects.annotate(hint_problems=Exists(ImportIssue.objects.filter(run=OuterRef("pk"))))
    if request.user.role.scope != Scope.ALL:
        rows = rows.filter(created_by=request.user)
    return listed(page_of(request, rows, page=filters, orders=RUNS, order="-created_at"), import_out)


@router.get("/columns", response=listing(ImportTargets), summary="List what can be brought in")
def list_import_columns(request: KeyRequest) -> dict[str, Any]:
    """Each kind of record with what the columns of a file may mean."""
    _require(request)
    return {
        "items": [
            {
                "target": code,
                "label": str(target.label),
                "columns": [
                    {"code": column.code, "label": str(column.label), "many": column.many}
                    for column in target.columns()
                ],
            }
            for code, target in import_targets.items()
        ]
    }


@router.get("/mappings", response=listing(SavedMappingPage), summary="List kept mappings")
def list_import_mappings(request: KeyRequest, filters: Query[Page]) -> dict[str, Any]:
    """Which headings meant what in earlier files. A file with the same headings is read so by itself."""
    _require(request)
    found = page_of(request, SavedMapping.objects.all(), page=filters, orders=MAPPINGS, order="-id")
    return listed(found, saved_mapping_out)


@router.post("", response=answers({201: ImportOut}, 400, 404, 409, 413, 415), summary="Bring a list")
def add_import(
    request: KeyRequest,
    file: File[UploadedFile],
    response: HttpResponse,
    target: Annotated[str, Form(max_length=40)] = "customers",
    mapping: Annotated[
        str, Form(max_length=8_000, description='JSON: {"0": "name", "1": "phone"}. Else guessed.')
    ] = "",
    saved_mapping_id: Annotated[int, Form(ge=0, le=MAX_ID, description="0: by the headings.")] = 0,
    known: Annotated[Known, Form()] = "fill",
    shared: Annotated[Shared, Form()] = "list",
    sheet: Annotated[str, Form(max_length=100, description="Of a workbook; else the first with rows.")] = "",
    branch_id: Annotated[int, Form(ge=0, le=MAX_ID, description="0: that of the key's user.")] = 0,
) -> Status:
    """Takes a CSV or Excel file (40 MB) and finds out how to read it. Nothing is imported: look at `mapping` and
    `headings`, then `check` (a dry run) and `start`."""
    _require(request)
    if target not in import_targets:
        raise ApiProblem("invalid_input", errors=[{"at": "form.target", "message": "no such target"}])
    wanted = ImportMappingIn(
        mapping=_mapping_in(mapping),
        saved_mapping_id=saved_mapping_id or None,
        # Said or not: a kept mapping brings its own.
        known=known if "known" in request.POST else None,
        shared=shared if "shared" in request.POST else None,
    )
    branch = branch_of(request, branch_id) if branch_id else None
    run = receive_file(
        actor=request.user, target=target, name=file.name or "list", chunks=file.chunks(), branch=branch, sheet=sheet
    )
    if wanted.model_dump(exclude_none=True):
        run = _map(request, run, wanted)
    response["Location"] = f"/api/v1/imports/{run.pk}"
    return Status(201, import_out(run))


@router.get("/{import_id}", response=read(ImportOut), summary="Show an import")
def show_import(request: KeyRequest, import_id: IdPath) -> dict[str, Any]:
    """How far it is, what was found, and what can be done."""
    return import_out(_run(request, import_id))


@router.post("/{import_id}/mapping", response=SAID, summary="Map columns")
def map_import(request: KeyRequest, import_id: IdPath, body: ImportMappingIn) -> dict[str, Any]:
    """Says what the columns mean and how to treat what is there already. Kept for the next file of these headings."""
    return import_out(_map(request, _run(request, import_id), body))


@router.post("/{import_id}/sheet", response=SAID, summary="Read another sheet")
def choose_import_sheet(request: KeyRequest, import_id: IdPath, body: ImportSheetIn) -> dict[str, Any]:
    """Reads another sheet of the workbook; its columns are guessed anew."""
    return import_out(choose_sheet(actor=request.user, run=_run(request, import_id), sheet=body.sheet))


@router.post("/{import_id}/check", response=STEP, summary="Try an import")
def check_import(request: KeyRequest, import_id: IdPath) -> dict[str, Any]:
    """The dry run, in the background: what would become of each row. Writes no record."""
    return import_out(begin_check(actor=request.user, run=_run(request, import_id)))


@router.post("/{import_id}/start", response=STEP, summary="Start an import")
def start_import(request: KeyRequest, import_id: IdPath) -> dict[str, Any]:
    """Imports, in the background."""
    return import_out(begin_load(actor=request.user, run=_run(request, import_id)))


@router.post("/{import_id}/stop", response=STEP, summary="Stop an import")
def stop_import(request: KeyRequest, import_id: IdPath) -> dict[str, Any]:
    """Stops after the rows at hand. What is imported stays, and can be undone."""
    run = _run(request, import_id)
    ask_to_stop(actor=request.user, run=run)
    return import_out(_run(request, import_id))


@router.post("/{import_id}/undo", response=STEP, summary="Undo an import")
def undo_import(request: KeyRequest, import_id: IdPath) -> dict[str, Any]:
    """Takes the whole import back, in the background; what somebody has changed since stays."""
    return import_out(begin_undo(actor=request.user, run=_run(request, import_id)))


@router.get("/{import_id}/issues", response=answers({200: ImportIssuePage, 304: None}, 404), summary="List wrong rows")
def list_import_issues(request: KeyRequest, import_id: IdPath, filters: Query[Page]) -> dict[str, Any]:
    """Rows with something the matter, by their number in the file."""
    rows = ImportIssue.objects.filter(run=_run(request, import_id))
    return listed(page_of(request, rows, page=filters, orders=ISSUES, order="row"), issue_out)


@router.get(
    "/{import_id}/problems/content",
    response=answers({200: Any}, 404),
    summary="Download the wrong rows",
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def download_import_problems(request: KeyRequest, import_id: IdPath) -> HttpResponse:
    """The rows as they stand in the file, with what is the matter: to be mended and brought again."""
    run = _run(request, import_id)
    path_of(run)
    text = BYTE_ORDER_MARK + "".join(csv_lines(problem_rows(run)))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="problems-{run.pk}.csv"'
    return response


def _require(request: KeyRequest) -> None:
    require_scope(request, "customer.import")
    require_scope(request, "customer.edit")
    refuse_unless_may_import(request.user)


def _run(request: KeyRequest, import_id: int) -> ImportRun:
    _require(request)
    return run_for(request.user, import_id)


def _map(request: KeyRequest, run: ImportRun, body: ImportMappingIn) -> ImportRun:
    mapping, options = {int(number): code for number, code in run.mapping.items()}, dict(run.options)
    if body.saved_mapping_id is not None:
        saved = SavedMapping.objects.filter(pk=body.saved_mapping_id, target=run.target).first()
        if saved is None:
            raise Http404
        mapping = mapping_by(saved, run.layout.get("headers", []), target_of(run).columns())
        options |= saved.options
    if body.mapping is not None:
        width = len(run.layout.get("headers", []))
        beyond = [number for number in body.mapping if int(number) >= width]
        if beyond:
            errors = [{"at": f"body.mapping.{number}", "message": "no such column"} for number in beyond]
            raise ApiProblem("invalid_input", errors=errors)
        mapping = {int(number): code for number, code in body.mapping.items()}
    said = {"known": body.known, "shared": body.shared}
    return set_mapping(
        actor=request.user,
        run=run,
        mapping=mapping,
        options=options | {name: value for name, value in said.items() if value is not None},
        bijoy=run.layout.get("bijoy", []) if body.bijoy is None else body.bijoy,
        branch=branch_of(request, body.branch_id) if body.branch_id is not None else None,
        header_row=body.header_row,
    )


def _mapping_in(text: str) -> dict[str, str] | None:
    if not text.strip():
        return None
    try:
        return _MAPPING.validate_json(text)
    except ValidationError as error:
        faults = [{"at": "form.mapping", "message": str(one["msg"])[:300]} for one in error.errors()[:20]]
        raise ApiProblem("invalid_input", errors=faults) from error
