"""Requests of people about their data."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.customers.selectors.keyset import page_by_time
from halkhata.records.customers.views.paging import page_links
from halkhata.records.privacy.choices import RequestState
from halkhata.records.privacy.forms import EndForm, ExtendForm, RequestForm
from halkhata.records.privacy.models import DataRequest
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.services.requests import end_request, extend_request, open_request

MOST_OPEN = 200


@require_GET
@needs("privacy.manage")
def listing(request: StaffRequest) -> HttpResponse:
    """Open requests by their due time, then those that ended, latest first."""
    require_privacy(request.user)
    rows = DataRequest.objects.select_related("customer")
    opened = list(rows.filter(state=RequestState.OPEN).order_by("due_at", "id")[:MOST_OPEN])
    page = page_by_time(
        rows.exclude(state=RequestState.OPEN), field="received_at",
        before=request.GET.get("before"), after=request.GET.get("after"),
    )  # fmt: skip
    context = {"opened": opened, "ended": page.items, "now": now(), **page_links(request, page)}
    return render(request, "privacy/requests.html", context)


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def new(request: StaffRequest) -> HttpResponse:
    """Write one down; ``?customer=`` says whose."""
    require_privacy(request.user)
    form = RequestForm(request.POST or None)
    customer = _customer(request)
    if request.method == "POST" and form.is_valid():
        try:
            row = open_request(actor=request.user, customer=customer, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Written down as %(number)s.") % {"number": row.number})
            return redirect("privacy:request", row.number)
    context = {"form": form, "customer": customer}
    return render(request, "privacy/request_new.html", context, status=422 if form.errors else 200)


@require_GET
@needs("privacy.manage")
def detail(request: StaffRequest, number: str) -> HttpResponse:
    """One request, its clock, and what can be done."""
    require_privacy(request.user)
    row = _row(number)
    return _page(request, row)


@require_POST
@needs("privacy.manage")
def extend(request: StaffRequest, number: str) -> HttpResponse:
    """Two months more."""
    require_privacy(request.user)
    row = _row(number)
    form = ExtendForm(request.POST, auto_id="extend_%s")
    if form.is_valid():
        try:
            extend_request(actor=request.user, request=row, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved. Tell the person why it takes longer."))
            return redirect("privacy:request", number)
    return _page(request, row, extend_form=form)


@require_POST
@needs("privacy.manage")
def end(request: StaffRequest, number: str) -> HttpResponse:
    """Close it."""
    require_privacy(request.user)
    row = _row(number)
    form = EndForm(request.POST, auto_id="end_%s")
    if form.is_valid():
        try:
            end_request(actor=request.user, request=row, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("privacy:request", number)
    return _page(request, row, end_form=form)


def _row(number: str) -> DataRequest:
    return get_object_or_404(DataRequest.objects.select_related("customer", "ended_by", "written_by"), number=number)


def _customer(request: StaffRequest) -> Customer | None:
    typed = request.POST.get("customer") or request.GET.get("customer", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 18):
        return None
    return customer_for(request.user, int(typed))


def _page(
    request: StaffRequest, row: DataRequest, *, extend_form: ExtendForm | None = None, end_form: EndForm | None = None
) -> HttpResponse:
    context = {
        "row": row,
        "is_open": row.state == RequestState.OPEN,
        "is_late": row.state == RequestState.OPEN and row.due_at < now(),
        "extend_form": extend_form or ExtendForm(auto_id="extend_%s"),
        "end_form": end_form or EndForm(auto_id="end_%s"),
    }
    has_errors = bool((extend_form and extend_form.errors) or (end_form and end_form.errors))
    return render(request, "privacy/request.html", context, status=422 if has_errors else 200)
