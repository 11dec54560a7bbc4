"""The papers of a return as PDF."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from halkhata.desks.returns.papers import form_pdf, tag_pdf
from halkhata.desks.returns.selectors.detail import return_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.printing.responses import pdf_response


@needs("return.view")
@require_safe
def form(request: StaffRequest, number: str) -> HttpResponse:
    """The return and replacement form."""
    found = return_for(request.user, number)
    return pdf_response(form_pdf(found), f"{found.number}.pdf")


@needs("return.view")
@require_safe
def tag(request: StaffRequest, number: str) -> HttpResponse:
    """The tag for the goods."""
    found = return_for(request.user, number)
    return pdf_response(tag_pdf(found), f"{found.number}-tag.pdf")
