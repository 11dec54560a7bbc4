"""Files: send up, put on a ticket, describe, download under the same guards as in the pages."""

from typing import Annotated, Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Form, Router, Status, UploadedFile

from halkhata.desks.tickets.services.answering import add_internal_note
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import held_ticket, ticket_of
from halkhata.doors.api.problems import ApiProblem
from halkhata.doors.api.resources.file_shapes import FileOut, file_out
from halkhata.doors.api.shapes import IdPath, Number, PageOut, answers, read, write
from halkhata.doors.api.uploads import store_upload, take_uploads
from halkhata.engines.messaging.models import MessageAttachment
from halkhata.engines.messaging.selectors.files import customers_message
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.registry import may_open
from halkhata.foundation.files.services.content_types import ACTIVE, DEFAULT
from halkhata.foundation.files.services.storing import MAX_SIZE, read_file, shown_name
from halkhata.records.customers.privacy import UNMASK, may_see_private
from halkhata.records.customers.services.unmasking import write_down_unmasking

router = Router(tags=["files"])
of_tickets = Router(tags=["files"])


class TicketFiles(PageOut):
    """All files of a ticket's conversation, oldest first (200 at most)."""

    items: list[FileOut]


@router.post("", response=write(FileOut, 201), summary="Send a file up")
def upload(request: KeyRequest, file: File[UploadedFile], response: HttpResponse) -> Status:
    """Stores a file for an answer or a note (`file_ids`), which must follow within 24 hours."""
    require_scope(request, "ticket.note")
    stored = store_upload(request.user, file.name or "file", _bytes(file))
    response["Location"] = f"/api/v1/files/{stored.pk}"
    return Status(201, file_out(stored))


@router.get("/{file_id}", response=read(FileOut), summary="Describe a file")
def describe(request: KeyRequest, file_id: IdPath) -> dict[str, Any]:
    """Name, type, size and checksum."""
    require_scope(request, "ticket.view")
    return file_out(_file(request, file_id))


@router.get(
    "/{file_id}/content",
    response=answers({200: Any}, 404),
    summary="Download a file",
    openapi_extra={"responses": {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def download(request: KeyRequest, file_id: IdPath) -> HttpResponse:
    """The bytes, always as an attachment. What a browser would run comes as application/octet-stream. A customer's file
    needs a key that sees private fields; with `customer.unmask` instead each download is written down."""
    require_scope(request, "ticket.view")
    file = _file(request, file_id)
    _unmask(request, file)
    active = file.content_type in ACTIVE or file.content_type.startswith("text/")
    response = HttpResponse(read_file(file), content_type=DEFAULT if active else file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, file.original_name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@of_tickets.get("/{number}/files", response=answers({200: TicketFiles, 304: None}, 404), summary="List files")
def list_files(request: KeyRequest, number: Number) -> dict[str, Any]:
    """The files that hang on the messages and notes of a ticket."""
    require_scope(request, "ticket.view")
    ticket = ticket_of(request, number)
    parts = MessageAttachment.objects.filter(message__conversation__item_id=ticket.pk).select_related("file")
    return {"items": [file_out(part.file) for part in parts.order_by("pk")[:200]], "next": None, "previous": None}


@of_tickets.post("/{number}/files", response=write(FileOut, 201), summary="Put a file on a ticket")
def add_file(
    request: KeyRequest,
    number: Number,
    file: File[UploadedFile],
    response: HttpResponse,
    text: Annotated[str, Form(max_length=20_000, description="What the note with the file says.")] = "",
) -> Status:
    """Sends a file up and puts it on the ticket, by a note that only staff see."""
    require_scope(request, "ticket.note")
    ticket = held_ticket(request, number)
    name = file.name or "file"
    stored = store_upload(request.user, name, _bytes(file))
    add_internal_note(
        actor=request.user,
        ticket=ticket,
        text=text.strip() or shown_name(name),
        files=take_uploads(request.user, [stored.pk]),
    )
    response["Location"] = f"/api/v1/files/{stored.pk}"
    return Status(201, file_out(stored))


def _bytes(file: UploadedFile) -> bytes:
    if (file.size or 0) > MAX_SIZE:
        raise ApiProblem("too_large")
    return file.read()


def _unmask(request: KeyRequest, file: StoredFile) -> None:
    """What a customer sent may show what is hidden from the key: then it is asked for by the right to unmask."""
    if may_see_private(request.user, request.auth):
        return
    message = customers_message(file.pk)
    if message is None:
        return
    require_scope(request, UNMASK)
    write_down_unmasking(
        actor=request.user,
        record_shown=message.customer or message.conversation.item,
        field=f"file-{file.pk}",
        shown=file.original_name[:60],
        reason="API",
    )


def _file(request: KeyRequest, file_id: int) -> StoredFile:
    file = StoredFile.objects.filter(pk=file_id).first()
    if file is None or not may_open(request.user, file_id):
        raise Http404
    return file
