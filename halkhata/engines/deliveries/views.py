"""Promised dates: the page of today, one promise, moving it, a new one for a sale."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.engines.deliveries.choices import PromiseState
from halkhata.engines.deliveries.forms import MoveForm, PromiseForm
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.deliveries.selectors.parcels import parcels_of_promise
from halkhata.engines.deliveries.selectors.promises import FIRST_VIEW, VIEWS, promise_for, promise_list
from halkhata.engines.deliveries.services.promising import keep_promise, promise_delivery, reschedule
from halkhata.engines.work.selectors.rows import item_url
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import localdt
from halkhata.records.customers.models import Customer

VIEW_LABELS = {
    "today": gettext_lazy("Today"),
    "late": gettext_lazy("Late"),
    "week": gettext_lazy("Within a week"),
    "later": gettext_lazy("Later"),
    "ended": gettext_lazy("Done"),
}


@needs("work.view")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """What customers wait for: today, late, soon."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else FIRST_VIEW
    mine = request.GET.get("mine") == "1"
    found = promise_list(request.user, view, mine=mine)
    tabs = [
        {
            "label": label, "url": f"?view={name}{'&mine=1' if mine else ''}", "active": name == view,
            "count": found.counts.get(name),
        }
        for name, label in VIEW_LABELS.items()
    ]  # fmt: skip
    context = {
        "rows": found.rows, "tabs": tabs, "view": view, "mine": mine, "may_edit": request.user.may("promise.edit"),
    }  # fmt: skip
    return render(request, "deliveries/list.html", context)


@needs("work.view")
@require_safe
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One promised date with all that happened to it."""
    return _page(request, promise_for(request.user, pk))


@needs("work.view", "promise.edit")
@require_POST
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Another time, with the reason; the customer hears it."""
    promise = promise_for(request.user, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        to = form.new_time(promise.promised_for)
        if to is None:
            form.add_error("to", _("Choose the new time."))
        else:
            try:
                reschedule(
                    actor=request.user, promise=promise, to=to, reason=form.cleaned_data["reason"],
                    note=form.cleaned_data["note"], version=form.cleaned_data["version"],
                )  # fmt: skip
            except DomainError as error:
                form.take_error(error)
                return _page(request, promise_for(request.user, pk), form=form, status=status_of(error))
            messages.success(request, _("Moved to %(at)s. The customer is told.") % {"at": localdt(to, "short")})
            return redirect("deliveries:detail", promise.pk)
    return _page(request, promise, form=form, status=422)


@needs("work.view", "promise.edit")
@require_POST
def kept(request: StaffRequest, pk: int) -> HttpResponse:
    """It is there."""
    promise = promise_for(request.user, pk)
    keep_promise(actor=request.user, promise=promise)
    messages.success(request, _("Written down."))
    return redirect("deliveries:detail", promise.pk)


@needs("work.view", "promise.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Promise a date for a sale."""
    customer = _customer(request)
    initial = {"purchase_ref": request.GET.get("purchase", "")[:40], "what": request.GET.get("what", "")[:200]}
    form = PromiseForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                promise = promise_delivery(
                    actor=request.user, item=None, purchase_ref=data["purchase_ref"], customer=customer,
                    branch=request.user.branch, promised_for=data["promised_for"], what=data["what"],
                    buffer=timedelta(hours=data["buffer_hours"]),
                )  # fmt: skip
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Promised."))
                return redirect("deliveries:detail", promise.pk)
    return render(request, "deliveries/new.html", {"form": form, "customer": customer}, status=status)


def _page(
    request: StaffRequest, promise: DeliveryPromise, *, form: MoveForm | None = None, status: int = 200
) -> HttpResponse:
    is_open = promise.state == PromiseState.OPEN
    context = {
        "promise": promise,
        "steps": list(promise.steps.order_by("-at", "-pk")),
        "item_url": item_url(promise.item) if promise.item is not None else "",
        "form": form or MoveForm(initial={"days": "1", "version": promise.version}),
        "is_open": is_open,
        "parcels": parcels_of_promise(promise.pk),
        "may_edit": is_open and request.user.may("promise.edit"),
    }
    return render(request, "deliveries/detail.html", context, status=status)


def _customer(request: StaffRequest) -> Customer:
    pk = request.POST.get("customer") or request.GET.get("customer") or ""
    if pk.isascii() and pk.isdigit() and len(pk) < 19:
        found = Customer.objects.visible_to(request.user).active().filter(pk=int(pk)).first()
        if found is not None:
            return found
    raise NotFound("not_found", _("Choose the customer first: a date is promised on the customer's page."))
