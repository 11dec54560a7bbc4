"""The papers of a claim: form and tags as PDF, all of it as ZIP."""

from typing import cast

from django.http import FileResponse, HttpResponse
from django.views.decorators.http import require_safe

from halkhata.desks.claims.packing import evidence_pack
from halkhata.desks.claims.papers import form_pdf, tags_pdf
from halkhata.desks.claims.selectors.detail import claim_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.printing.responses import pdf_response


@needs("claim.view")
@require_safe
def form(request: StaffRequest, number: str) -> HttpResponse:
    """The claim form with its photo sheet."""
    found = claim_for(request.user, number)
    return pdf_response(form_pdf(found), f"{found.number}.pdf")


@needs("claim.view")
@require_safe
def tags(request: StaffRequest, number: str) -> HttpResponse:
    """The tags of its old parts."""
    found = claim_for(request.user, number)
    return pdf_response(tags_pdf(found), f"{found.number}-tags.pdf")


@needs("claim.view")
@require_safe
def pack(request: StaffRequest, number: str) -> HttpResponse:
    """The evidence pack."""
    found = claim_for(request.user, number)
    made = evidence_pack(actor=request.user, claim=found)
    response = FileResponse(made, as_attachment=True, filename=f"{found.number}.zip", content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return cast(HttpResponse, response)
