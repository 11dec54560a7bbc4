"""The 360 page: one customer on one screen."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.panels import Column, PanelPage
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import can_edit_customers
from halkhata.records.customers.registry import customer_actions, customer_panels
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.customers.selectors.timeline import timeline_of

PANELS = PanelPage(
    panels=customer_panels, name="customer", key=lambda customer: customer.pk, url_name="customers:detail",
    later_url_name="customers:panels", title=str, called=lambda customer: customer.addressed_as,
    more=_("More about this customer"), nothing=_("Nothing more is known about this customer."),
)  # fmt: skip


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
            **PANELS.columns(request, customer),
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
def customer_panels_later(request: StaffRequest, pk: int, column: Column) -> HttpResponse:
    """The panels of a column that the page does not wait for: the partial for htmx; without a script a page of them."""
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect(f"customers:panels_{column}", customer.merged_into_id)
    return PANELS.answer(request, customer, column)


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
