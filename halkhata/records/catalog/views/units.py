"""The list of units."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.records.catalog.selectors.listing import sales_page, seen_owners, unit_page
from halkhata.records.catalog.unit_forms import UnitFilterForm
from halkhata.records.customers.views.paging import page_links


@require_GET
@needs("unit.view")
def unit_list(request: StaffRequest) -> HttpResponse:
    """Units, last changed first, or those that a text finds."""
    form = UnitFilterForm(request.GET, user=request.user)
    filters = form.filters()
    page = unit_page(request.user, filters, before=request.GET.get("before"), after=request.GET.get("after"))
    return render(
        request,
        "catalog/units.html",
        {
            "form": form,
            "units": page.items,
            "seen": seen_owners(request.user, page.items),
            "is_filtered": form.is_filtered,
            "may_sell": request.user.may("sale.record"),
            **page_links(request, page),
        },
    )


@require_GET
@needs("unit.view")
def sales_list(request: StaffRequest) -> HttpResponse:
    """Sales, the last recorded first."""
    page = sales_page(request.user, before=request.GET.get("before"), after=request.GET.get("after"))
    return render(
        request,
        "catalog/sales.html",
        {
            "sales": page.items,
            "seen": seen_owners(request.user, page.items, field="customer_id"),
            "may_sell": request.user.may("sale.record"),
            **page_links(request, page),
        },
    )
