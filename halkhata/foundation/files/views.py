"""Handing files out: only to whoever may see a record they hang on, and never as a page."""

import hashlib

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.registry import asked_at, may_open
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.foundation.files.services.content_types import ACTIVE, DEFAULT
from halkhata.foundation.files.services.storing import read_file


@needs()
@require_safe
def download(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """The file as an attachment, or the page that asks why. Nobody's file, a foreign one and none at
    all answer alike: 404.

    ``name`` in the address is for people; it is not looked at.
    """
    file = _file(request, pk)
    where = asked_at(request.user, pk)
    return redirect(where) if where else handed_out(file)


@needs()
@require_safe
def thumbnail(request: StaffRequest, pk: int) -> HttpResponse:
    """The small WebP that we drew ourselves: the only thing ever shown inline."""
    file = _file(request, pk)
    if not file.thumbnail_path:
        raise Http404
    where = asked_at(request.user, pk)
    if where:
        return redirect(where)
    try:
        data = blob_path(file.thumbnail_path).read_bytes()
    except OSError:
        raise Http404 from None
    response = _guarded(HttpResponse(data, content_type="image/webp"), disposition="inline")
    response["Cache-Control"] = "private, max-age=86400"
    response["ETag"] = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    return response


def handed_out(file: StoredFile) -> HttpResponse:
    """The file as an attachment. The caller has checked that it may be handed out."""
    active = file.content_type in ACTIVE or file.content_type.startswith("text/")
    return _guarded(
        HttpResponse(read_file(file), content_type=DEFAULT if active else file.content_type),
        disposition=content_disposition_header(True, file.original_name),
    )


def _file(request: StaffRequest, pk: int) -> StoredFile:
    file = StoredFile.objects.filter(pk=pk).first()
    if file is None or not may_open(request.user, pk):
        raise Http404
    return file


def _guarded(response: HttpResponse, *, disposition: str) -> HttpResponse:
    """Headers that keep a file from acting as a page of ours (RFC 6266, CSP sandbox)."""
    response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
