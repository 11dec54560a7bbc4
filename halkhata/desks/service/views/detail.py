"""The page of one job card, and its papers."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from halkhata.desks.service.models import Handover
from halkhata.desks.service.papers import card_pdf, estimate_pdf, gate_pass_pdf
from halkhata.desks.service.policies import NOTHING_HERE
from halkhata.desks.service.selectors.jobs import job_for
from halkhata.desks.service.views.page import job_page
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.printing.responses import pdf_response


@needs("job.view")
@require_safe
def detail(request: StaffRequest, number: str) -> HttpResponse:
    """The card: what the customer said, what was found, who pays what, where it stands."""
    job = job_for(request.user, number)
    if job.number != number:
        return redirect("service:detail", job.number)
    return job_page(request, job)


@needs("job.view")
@require_safe
def card(request: StaffRequest, number: str) -> HttpResponse:
    """The job card on paper: both halves, in and out."""
    job = job_for(request.user, number)
    return pdf_response(card_pdf(job), f"{job.number}.pdf")


@needs("job.view")
@require_safe
def estimate(request: StaffRequest, number: str, version: int) -> HttpResponse:
    """One version of the estimate on paper."""
    job = job_for(request.user, number)
    found = job.estimates.filter(number=version).first()
    if found is None:
        raise NotFound("not_found", NOTHING_HERE)
    return pdf_response(estimate_pdf(found), f"{job.number}-{found.number}.pdf")


@needs("job.view")
@require_safe
def gate_pass(request: StaffRequest, number: str) -> HttpResponse:
    """The gate pass, once the unit was handed over."""
    job = job_for(request.user, number)
    handover = (
        Handover.objects.select_related("job__customer", "job__unit__product__brand", "handed_by")
        .filter(job=job)
        .first()
    )
    if handover is None:
        raise NotFound("not_found", NOTHING_HERE)
    return pdf_response(gate_pass_pdf(handover), f"{handover.gate_pass}.pdf")
