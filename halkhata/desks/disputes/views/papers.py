"""Papers: the decision sheet, and everything for a hearing."""

from typing import cast

from django.http import FileResponse, HttpResponse
from django.views.decorators.http import require_safe

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.selectors.cases import dispute_for
from halkhata.desks.disputes.selectors.detail import decisions_of
from halkhata.desks.disputes.services.letters import decision_pdf
from halkhata.desks.disputes.services.packing import case_pack, case_pdf
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.printing.responses import pdf_response


@needs("dispute.view")
@require_safe
def letter(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """The decision sheet as PDF, in Bengali or English."""
    dispute = dispute_for(request.user, number)
    decisions = decisions_of(dispute)
    if not decisions:
        raise NotFound("not_found", policies.NOT_HERE)
    content = decision_pdf(dispute, decisions[0], language=language)
    return pdf_response(content, f"{dispute.number}-{language}.pdf")


@needs("dispute.view", "dispute.outside")
@require_safe
def papers(request: StaffRequest, number: str) -> HttpResponse:
    """The papers of the case as one PDF."""
    dispute = dispute_for(request.user, number)
    return pdf_response(case_pdf(actor=request.user, dispute=dispute), f"{dispute.number}-papers.pdf")


@needs("dispute.view", "dispute.outside")
@require_safe
def pack(request: StaffRequest, number: str) -> HttpResponse:
    """The papers with every file as one ZIP."""
    dispute = dispute_for(request.user, number)
    made = case_pack(actor=request.user, dispute=dispute)
    sent = FileResponse(made, as_attachment=True, filename=f"{dispute.number}.zip", content_type="application/zip")
    return cast(HttpResponse, sent)
