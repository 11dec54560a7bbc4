"""The list of returns, the parcels in quarantine, and the numbers."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.returns.choices import Grade, Outcome, ParcelState, Reason
from halkhata.desks.returns.forms import LetGoForm, MatchForm, ParcelForm
from halkhata.desks.returns.models import Parcel
from halkhata.desks.returns.number_sheet import sheet_of
from halkhata.desks.returns.selectors.analytics import Span, report
from halkhata.desks.returns.selectors.board import VIEWS, board_counts, board_rows
from halkhata.desks.returns.selectors.detail import return_for
from halkhata.desks.returns.services.parcels import let_parcel_go, match_parcel, take_parcel
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.foundation.files.services.photos import store_photos
from halkhata.records.catalog.models import Product
from halkhata.records.customers.selectors.keyset import page_by_time

LABELS = {
    "open": _("Open"), "waiting": _("To approve"), "coming": _("Coming"), "here": _("Received"),
    "settling": _("Decided"), "over": _("Over"),
}  # fmt: skip
FILTERS = ("reason", "product", "branch", "result", "customer", "grade", "appeal", "batch", "since", "until")


@needs("return.view")
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Returns by where they stand; filters stand in the address, and the numbers lead here."""
    query = request.GET
    view = query["view"] if query.get("view") in {*VIEWS, "open", "all"} else "open"
    filters = {name: query.get(name, "")[:40] for name in FILTERS}
    rows = board_rows(request.user, view=view, filters=filters)
    page = page_by_time(rows, field="opened_at", before=query.get("before"), after=query.get("after"))
    kept = {name: value for name, value in filters.items() if value}
    counts = board_counts(request.user, filters)
    context = {
        "page": page,
        "view": view,
        "filters": filters,
        "is_filtered": bool(kept),
        "tabs": [
            {"label": label, "url": "?" + urlencode({**kept, "view": name}), "active": name == view,
             "count": counts.get(name)}
            for name, label in LABELS.items()
        ],
        "reasons": Reason.choices,
        "results": Outcome.choices,
        "grades": Grade.choices,
        "newer_url": "?" + urlencode({**kept, "view": view, "after": page.newer}) if page.newer else "",
        "older_url": "?" + urlencode({**kept, "view": view, "before": page.older}) if page.older else "",
        "product": Product.objects.filter(pk=filters["product"]).first() if filters["product"].isdigit() else None,
        "may_create": request.user.may("return.create"),
        "parcels": Parcel.objects.visible_to(request.user).filter(state=ParcelState.WAITING).count(),
    }  # fmt: skip
    return render(request, "returns/board.html", context)


@needs("return.view")
@require_safe
def numbers(request: StaffRequest) -> HttpResponse:
    """How much comes back, of what, why and how fast; each number leads to its rows."""
    span = Span.read(request.GET.get("since", ""), request.GET.get("until", ""))
    query = urlencode({"since": span.since.isoformat(), "until": span.until.isoformat()})
    context = {
        "report": report(request.user, span), "span": span, "file_url": f"{reverse('returns:numbers_file')}?{query}",
    }  # fmt: skip
    return render(request, "returns/numbers.html", context)


@needs("return.view")
@require_safe
def numbers_file(request: StaffRequest) -> HttpResponse:
    """The same numbers as CSV; that they left the house is written down."""
    span = Span.read(request.GET.get("since", ""), request.GET.get("until", ""))
    heads, cells = sheet_of(report(request.user, span))
    with transaction.atomic():
        record(
            actor=request.user, action="return.numbers_export", record=Installation.current(),
            after={"since": span.since, "until": span.until, "rows": len(cells)},
        )  # fmt: skip
    text = BYTE_ORDER_MARK + "".join(csv_lines([heads, *cells]))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"returns-{span.since:%Y-%m-%d}-{span.until:%Y-%m-%d}"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@needs("return.view", "return.receive")
@require_http_methods(["GET", "HEAD", "POST"])
def quarantine(request: StaffRequest) -> HttpResponse:
    """Parcels without a number, and taking one down."""
    form = ParcelForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = dict(form.cleaned_data)
            try:
                files = store_photos(data.pop("photos"))
                made = take_parcel(actor=request.user, branch=request.user.branch, files=files, **data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Parcel %(number)s lies apart.") % {"number": ref(made.number)})
                return redirect("returns:quarantine")
    rows = Parcel.objects.visible_to(request.user).select_related("unit", "branch", "matched_to").order_by("-pk")
    waiting = list(rows.filter(state=ParcelState.WAITING)[:100])
    over = list(rows.exclude(state=ParcelState.WAITING)[:20])
    context = {
        "form": form,
        "waiting": [(row, MatchForm(prefix=f"m{row.pk}"), LetGoForm(prefix=f"g{row.pk}")) for row in waiting],
        "over": over,
    }  # fmt: skip
    return render(request, "returns/quarantine.html", context, status=status)


def _parcel(request: StaffRequest, pk: int) -> Parcel:
    found = Parcel.objects.visible_to(request.user).select_related("unit", "branch").filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


@needs("return.view", "return.receive")
@require_POST
def parcel_match(request: StaffRequest, pk: int) -> HttpResponse:
    """The parcel belongs to this return."""
    parcel = _parcel(request, pk)
    form = MatchForm(request.POST, prefix=f"m{pk}")
    if form.is_valid():
        try:
            wanted = return_for(request.user, form.cleaned_data["number"])
            match_parcel(actor=request.user, parcel=parcel, request=wanted, serial=form.cleaned_data["serial"])
        except DomainError as error:
            messages.error(request, str(error.message))
            return redirect("returns:quarantine")
        messages.success(request, _("Received with its return."))
        return redirect("returns:detail", wanted.number)
    messages.error(request, _("Write the number, like E-1001."))
    return redirect("returns:quarantine")


@needs("return.view", "return.receive")
@require_POST
def parcel_go(request: StaffRequest, pk: int) -> HttpResponse:
    """The parcel went back."""
    parcel = _parcel(request, pk)
    form = LetGoForm(request.POST, prefix=f"g{pk}")
    try:
        let_parcel_go(actor=request.user, parcel=parcel, note=form.cleaned_data["note"] if form.is_valid() else "")
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Written down."))
    return redirect("returns:quarantine")
