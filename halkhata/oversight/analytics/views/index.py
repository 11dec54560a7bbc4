"""All reports, with what each answers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.registry import ReportPage, report_pages


@require_safe
@needs("report.view")
def index(request: StaffRequest) -> HttpResponse:
    """The reports of every app that the reader may open, in one list."""
    seen = [page for page in report_pages if all(request.user.may(right) for right in page.permissions)]
    return render(request, "analytics/index.html", {"reports": sorted(seen, key=_place)})


def _place(page: ReportPage) -> int:
    return page.order
