"""The rows behind the numbers of the home page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from halkhata.doors.web.selectors.numbers import ROW_NUMBERS, answers, satisfaction
from halkhata.engines.work.selectors.rows import item_rows
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import fold_digits

PAGE_SIZE = 50


@needs("work.view", "report.view")
@require_safe
def number(request: StaffRequest, code: str) -> HttpResponse:
    """Exactly the items that the number counted, newest first; keyset pages by id."""
    chosen = ROW_NUMBERS.get(code)
    if chosen is None:
        raise Http404
    at = now()
    rows = chosen.rows(request.user, at)
    total = rows.count()
    found = list(_beyond(request, rows.select_related("customer", "owner").order_by("-id")))
    return render(
        request, "web/number.html",
        {"number": chosen, "total": total, "rows": item_rows(found[:PAGE_SIZE], at), **_pages(request, found)},
    )  # fmt: skip


@needs("feedback.view")
@require_safe
def satisfaction_rows(request: StaffRequest) -> HttpResponse:
    """The answers behind the mean."""
    at = now()
    found = list(_beyond(request, answers(request.user, at).order_by("-id")))
    return render(
        request, "web/satisfaction.html",
        {"csat": satisfaction(request.user, at), "answers": found[:PAGE_SIZE], **_pages(request, found)},
    )  # fmt: skip


def _beyond(request: StaffRequest, rows):
    before = fold_digits(request.GET.get("before", ""))
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(id__lt=int(before))
    return rows[: PAGE_SIZE + 1]


def _pages(request: StaffRequest, found: list) -> dict[str, str]:
    return {
        "older_url": f"?before={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else "",
        "newer_url": request.path if request.GET.get("before") else "",
    }
