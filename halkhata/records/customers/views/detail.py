"""The 360 page: one customer on one screen."""

from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import can_edit_customers
from halkhata.records.customers.registry import CustomerPanel, customer_actions, customer_panels
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.customers.selectors.timeline import timeline_of


@require_GET
@needs("customer.view")
def customer_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One customer: cards of all desks, actions, timeline."""
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect("customers:detail", customer.merged_into_id)
    points = customer.contact_points.all()
    return render(
        request,
        "customers/detail.html",
        {
            "customer": customer,
            "main_panels": panels_for(request, customer, "main"),
            "side_panels": panels_for(request, customer, "side"),
            "main_later": bool(shown_panels(request.user, "main", later=True)),
            "side_later": bool(shown_panels(request.user, "side", later=True)),
            "actions": actions_for(request.user, customer),
            "may_edit": can_edit_customers(request.user),
            "phone": next((point for point in points if point.kind == ContactKind.PHONE), None),
            "timeline": timeline_of(customer, before=request.GET.get("before")),
        },
    )


@require_GET
@needs("customer.view")
def customer_timeline(request: StaffRequest, pk: int) -> HttpResponse:
    """Older lines of the timeline: the partial for htmx; without a script the whole page from there on."""
    if not request.htmx:
        return customer_detail(request, pk)
    customer = customer_for(request.user, pk)
    timeline = timeline_of(customer, before=request.GET.get("before"))
    return render(request, "customers/_timeline_items.html", {"customer": customer, "timeline": timeline})


@require_GET
@needs("customer.view")
def customer_panels_later(request: StaffRequest, pk: int, column: str) -> HttpResponse:
    """The panels of a column that the page does not wait for: the partial for htmx; without a script a page of them."""
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect(f"customers:panels_{column}", customer.merged_into_id)
    panels = panels_for(request, customer, column, later=True)
    if request.htmx:
        return HttpResponse(format_html_join("", "{}", ((panel,) for panel in panels)))
    shown = [panel for panel in panels if panel.strip()]
    return render(request, "customers/panels_later.html", {"customer": customer, "panels": shown})


def shown_panels(user: User, column: str, *, later: bool = False) -> list[CustomerPanel]:
    """The panels of a column that the user may see, in order: those of the page, or those that come ``later``."""
    return [
        panel
        for panel in sorted(customer_panels, key=lambda panel: panel.order)
        if panel.column == column and panel.later == later and (not panel.permission or user.may(panel.permission))
    ]


def panels_for(request: StaffRequest, customer: Customer, column: str, *, later: bool = False) -> list[SafeString]:
    """Each panel of ``shown_panels``, written.

    A panel's template gets its own context at the top, ``customer``, ``user`` and what forms need. The shell's context
    is left out: it costs queries, and a panel has no use for it.
    """
    user = request.user
    shared = {"customer": customer, "user": user, "request": request, "csrf_token": get_token(request)}
    return [
        render_to_string(panel.template, {**shared, **panel.context(user, customer)})
        for panel in shown_panels(user, column, later=later)
    ]


def actions_for(user: User, customer: Customer) -> list[dict[str, Any]]:
    """Buttons that the user may press and whose page is mounted, in order."""
    buttons = []
    for action in sorted(customer_actions, key=lambda action: action.order):
        url = action_url(action.url_name, customer)
        if url and user.may(action.permission):
            buttons.append({"action": action, "url": url})
    return buttons


def action_url(url_name: str, customer: Customer) -> str:
    """The page of an action for this customer; "" when no desk mounted it."""
    try:
        return f"{reverse(url_name)}?customer={customer.pk}"
    except NoReverseMatch:
        return ""
