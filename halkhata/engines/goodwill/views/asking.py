"""Goodwill: the list with its report, asking for it, deciding."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.engines.goodwill.choices import GoodwillState
from halkhata.engines.goodwill.forms import DecisionForm, GoodwillForm
from halkhata.engines.goodwill.models import Goodwill
from halkhata.engines.goodwill.policies import can_ask, can_decide, limit_of
from halkhata.engines.goodwill.registry import goodwill_kinds
from halkhata.engines.goodwill.selectors.fit import fit_of
from halkhata.engines.goodwill.selectors.report import cost_by_kind, goodwill_rows, kind_label, retained_sales
from halkhata.engines.goodwill.services.granting import ask_goodwill, decide_goodwill, grant_goodwill
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.rows import item_url
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.models import Customer

PAGE = 50


@needs("goodwill.grant")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """What was waived, asked for and refused, and what it cost."""
    query = request.GET
    state = query.get("state", "")
    kind = query.get("kind", "") if goodwill_kinds.find(query.get("kind", "")) else ""
    since, until = _day(query.get("since", "")), _day(query.get("until", ""))
    rows = goodwill_rows(request.user, state=state, kind=kind, since=since, until=until)
    everything = goodwill_rows(request.user, kind=kind, since=since, until=until)
    page = Paginator(rows, PAGE).get_page(query.get("page"))
    costs = cost_by_kind(everything)
    tabs = [
        {"label": label, "url": f"?state={code}", "active": state == code}
        for code, label in [("", _("All")), *GoodwillState.choices]
    ]
    context = {
        "page": page,
        "tabs": tabs,
        "state": state,
        "kind": kind,
        "since": since,
        "until": until,
        "kinds": sorted(goodwill_kinds, key=lambda one: one.order),
        "costs": costs,
        "total": sum(cost.cost for cost in costs),
        "retained": retained_sales(everything),
        "limit": limit_of(request.user),
        "currency": Installation.current().currency,
    }
    return render(request, "goodwill/list.html", context)


@needs("goodwill.grant", "customer.view")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Waive a rule for a customer; more than one's own limit goes to somebody who may."""
    customer, item = _customer(request), _item(request)
    if customer is None and item is not None:
        customer = item.customer
    if customer is None:
        raise NotFound("not_found", _("Choose the customer first: goodwill is given on the customer's page."))
    form = GoodwillForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = {
                "actor": request.user, "item": item, "customer": customer,
                "branch": item.branch if item is not None else request.user.branch,
                "currency": Installation.current().currency, **form.cleaned_data,
            }  # fmt: skip
            try:
                given = ask_goodwill(**values) if request.POST.get("ask") else grant_goodwill(**values)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
                if error.code == "goodwill_over_limit":
                    return _form_page(request, form, customer, item, status=409, may_ask=True)
            else:
                said = _("Asked. You will be told.") if given.state == GoodwillState.ASKED else _("Given.")
                messages.success(request, said)
                return redirect("goodwill:detail", given.pk)
    return _form_page(request, form, customer, item, status=status)


@needs("goodwill.grant")
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One waived rule: who, why, how much; and the decision, for whoever may decide."""
    rows = Goodwill.objects.visible_to(request.user)
    row = rows.select_related("customer", "item", "asked_by", "decided_by", "branch").filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    form = DecisionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                decide_goodwill(
                    actor=request.user, goodwill=row, gives=form.cleaned_data["gives"] == "1",
                    note=form.cleaned_data["note"],
                )  # fmt: skip
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Written down. Whoever asked has been told."))
                return redirect("goodwill:detail", row.pk)
    context = {
        "row": row,
        "kind_label": kind_label(row.kind),
        "form": form if row.state == GoodwillState.ASKED and row.asked_by_id != request.user.pk else None,
        "may_decide": can_decide(request.user, row),
        "item_url": item_url(row.item) if row.item is not None else "",
    }
    return render(request, "goodwill/detail.html", context, status=status)


def _form_page(
    request: StaffRequest,
    form: GoodwillForm,
    customer: Customer,
    item: WorkItem | None,
    *,
    status: int,
    may_ask: bool = False,
) -> HttpResponse:
    fit = fit_of(customer)
    context = {
        "form": form, "customer": customer, "item": item, "fit": fit, "limit": limit_of(request.user),
        "may_ask": may_ask or limit_of(request.user) is None, "may": can_ask(request.user),
    }  # fmt: skip
    return render(request, "goodwill/new.html", context, status=status)


def _customer(request: StaffRequest) -> Customer | None:
    pk = request.POST.get("customer") or request.GET.get("customer") or ""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return Customer.objects.visible_to(request.user).active().filter(pk=int(pk)).first()


def _item(request: StaffRequest) -> WorkItem | None:
    number = parse_ref(request.POST.get("item") or request.GET.get("item"))
    if not number:
        return None
    rows = WorkItem.objects.visible_to(request.user).select_related("customer", "branch", "team")
    return rows.filter(number=number).first()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
