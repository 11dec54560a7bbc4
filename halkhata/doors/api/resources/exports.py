"""Lists on their way out: ask for one, see how far it is, fetch it. Of what the key may see, and asked anew at the
door: whoever has lost the right since gets nothing."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import branch_of
from halkhata.doors.api.resources.file_shapes import FileOut, file_out
from halkhata.doors.api.shapes import Body, Id, IdPath, PageOut, answers, listed, listing, read
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.records.customers.privacy import may_see_private
from halkhata.records.imports.models import ExportRun
from halkhata.records.imports.policies import refuse_unless_may_export, refuse_unless_may_fetch
from halkhata.records.imports.services.exporting import begin_export

router = Router(tags=["exports"])
ORDERS = {"-created_at": Order(column="created_at", descending=True)}


class ExportOut(Schema):
    """One list on its way out. `file` is there when it is `done`, for seven days. `shows_private`: phone numbers and
    addresses stand in it whole, so only a key that sees them may fetch it."""

    id: int
    target: str
    format: Literal["xlsx", "csv"]
    state: Literal["waiting", "done", "failed", "removed"]
    branch_id: int | None
    organization_id: int | None
    language: str
    shows_private: bool
    rows_done: int
    failure: str
    created_at: datetime
    ended_at: datetime | None
    file: FileOut | None


class ExportPage(PageOut):
    """A page of exports, the newest first."""

    items: list[ExportOut]


class ExportIn(Body):
    """Which list, as what, narrowed to what."""

    target: Annotated[str, Field(max_length=40)] = "customers"
    format: Literal["xlsx", "csv"] = "xlsx"
    branch_id: Id | None = None
    organization_id: Id | None = None
    language: Literal["bn", "en"] | None = None


@router.get("", response=listing(ExportPage), summary="List exports")
def list_exports(request: KeyRequest, filters: Query[Page]) -> dict[str, Any]:
    """The exports of the key's user."""
    _require(request)
    rows = ExportRun.objects.select_related("file").filter(created_by=request.user)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order="-created_at"), export_out)


@router.post("", response=answers({201: ExportOut}, 400, 404, 409, 413, 415), summary="Ask for a list")
def add_export(request: KeyRequest, body: ExportIn, response: HttpResponse) -> Status:
    """Has a list written in the background, of what the key sees; private fields masked for a key that may not see
    them. Three may wait at a time."""
    _require(request)
    branch = branch_of(request, body.branch_id) if body.branch_id is not None else None
    filters = {
        "branch": branch.pk if branch else None,
        "organization": body.organization_id,
        "language": body.language,
    }
    export = begin_export(
        actor=request.user,
        target=body.target,
        file_format=body.format,
        filters={name: value for name, value in filters.items() if value},
        shows_private=may_see_private(request.user, request.auth),
    )
    response["Location"] = f"/api/v1/exports/{export.pk}"
    return Status(201, export_out(export))


@router.get("/{export_id}", response=read(ExportOut), summary="Show an export")
def show_export(request: KeyRequest, export_id: IdPath) -> dict[str, Any]:
    """How far it is."""
    return export_out(_export(request, export_id))


@router.get(
    "/{export_id}/content",
    response=answers({200: Any}, 404),
    summary="Download an export",
    openapi_extra={"responses": {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def download_export(request: KeyRequest, export_id: IdPath) -> HttpResponseBase:
    """The file. 404 while it is being written and after seven days; 403 when private fields stand in it and the key, or
    its user, does not see them any more."""
    export = _export(request, export_id)
    refuse_unless_may_fetch(request.user, export, request.auth)
    if export.file is None:
        raise Http404
    try:
        opened = blob_path(export.file.path).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(opened, content_type=export.file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, export.file.original_name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def export_out(export: ExportRun) -> dict[str, Any]:
    """The export as it is answered."""
    names = ("id", "target", "format", "state", "shows_private", "rows_done", "failure", "created_at", "ended_at")
    file = export.file
    return {
        **{name: getattr(export, name) for name in names},
        "branch_id": export.filters.get("branch"),
        "organization_id": export.filters.get("organization"),
        "language": export.filters.get("language", ""),
        "file": {**file_out(file), "content": f"/api/v1/exports/{export.pk}/content"} if file is not None else None,
    }


def _require(request: KeyRequest) -> None:
    require_scope(request, "customer.export")
    require_scope(request, "customer.view")
    refuse_unless_may_export(request.user)


def _export(request: KeyRequest, export_id: int) -> ExportRun:
    """One's own export: another's answers as none."""
    _require(request)
    export = ExportRun.objects.select_related("file").filter(pk=export_id, created_by=request.user).first()
    if export is None:
        raise Http404
    return export
