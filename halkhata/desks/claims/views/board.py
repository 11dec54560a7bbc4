"""The list of claims, the numbers, and the sheet of a company."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.desks.claims.choices import Sort
from halkhata.desks.claims.policies import NOTHING_HERE
from halkhata.desks.claims.selectors.board import VIEWS, board_counts, board_rows, claims_of, in_view, narrowed
from halkhata.desks.claims.selectors.branches import branches_of
from halkhata.desks.claims.selectors.report import AGES, Span, report
from halkhata.desks.claims.selectors.rules import terms_of
from halkhata.desks.claims.sheets import XLSX, as_csv, as_xlsx, headings, rows_of
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand
from halkhata.records.customers.selectors.keyset import page_by_time

LABELS = {
    "draft": _("Being written"), "late": _("Too late"), "sent": _("With the company"), "unpaid": _("Not paid yet"),
    "over": _("Over"), "all": _("All"),
}  # fmt: skip
FILTERS = ("brand", "branch", "sort", "stage", "short")


@needs("claim.view")
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Claims by where they stand; filters stand in the address, and the numbers lead here."""
    query = request.GET
    view = query["view"] if query.get("view") in VIEWS else "draft"
    filters = {name: query.get(name, "")[:40] for name in FILTERS}
    rows = board_rows(request.user, view=view, filters=filters)
    page = page_by_time(rows, field="opened_at", before=query.get("before"), after=query.get("after"))
    kept = {name: value for name, value in filters.items() if value}
    counts = board_counts(request.user, filters)
    context = {
        "page": page,
        "view": view,
        "today": today(),
        "filters": filters,
        "is_filtered": bool(kept),
        "tabs": [
            {"label": label, "url": "?" + urlencode({**kept, "view": name}), "active": name == view,
             "count": counts.get(name)}
            for name, label in LABELS.items()
        ],
        "brands": Brand.objects.filter(is_active=True),
        "branches": branches_of(request.user),
        "sorts": Sort.choices,
        "kept": urlencode({**kept, "view": view}),
        "newer_url": "?" + urlencode({**kept, "view": view, "after": page.newer}) if page.newer else "",
        "older_url": "?" + urlencode({**kept, "view": view, "before": page.older}) if page.older else "",
        "may_create": request.user.may("claim.edit"),
    }  # fmt: skip
    return render(request, "claims/board.html", context)


@needs("claim.view")
@require_safe
def about(request: StaffRequest) -> HttpResponse:
    """``?about=J-1004``: the claims about a piece of work; with ``part=1`` as a card of its page, or nothing."""
    number = parse_ref(request.GET.get("about", "")[:40])
    rows = list(claims_of(request.user).filter(about__number=number)[:5]) if number else []
    if request.GET.get("part") == "1":
        return render(request, "claims/about_part.html", {"claims": rows})
    return redirect("claims:detail", rows[0].number) if rows else redirect("claims:board")


@needs("claim.view")
@require_safe
def numbers(request: StaffRequest) -> HttpResponse:
    """What comes back, how old the unpaid claims are, what warranty costs."""
    span = Span.read(request.GET.get("since", ""), request.GET.get("until", ""))
    bands = [f"{low}–{high}" for low, high in zip((0, *(day + 1 for day in AGES)), AGES, strict=False)]
    context = {"report": report(request.user, span), "span": span, "bands": [*bands, f"{AGES[-1]}+"]}
    return render(request, "claims/report.html", context)


@needs("claim.view")
@require_safe
def sheet(request: StaffRequest) -> HttpResponse:
    """``?brand=3`` with the filters of the list: the claims in the columns of this company, Excel or CSV."""
    query: dict[str, Any] = {name: request.GET.get(name, "")[:40] for name in FILTERS}
    number = query["brand"]
    brand = Brand.objects.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
    if brand is None:
        raise NotFound("not_found", NOTHING_HERE)
    terms = terms_of(brand)
    view = request.GET.get("view", "all")
    rows = rows_of(narrowed(claims_of(request.user), query).filter(in_view(view)), terms)
    name = f"claims-{brand.code}-{today():%Y-%m-%d}"
    if request.GET.get("format") == "csv":
        response = HttpResponse(as_csv(headings(terms), rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    else:
        response = HttpResponse(as_xlsx(headings(terms), rows), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
