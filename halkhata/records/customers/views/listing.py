"""The list of customers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.records.customers.forms.listing import CustomerFilterForm
from halkhata.records.customers.policies import can_edit_customers
from halkhata.records.customers.selectors.customers import customer_page
from halkhata.records.customers.views.paging import page_links


@require_GET
@needs("customer.view")
def customer_list(request: StaffRequest) -> HttpResponse:
    """Customers, last touched first or by name."""
    form = CustomerFilterForm(request.GET, user=request.user)
    filters = form.filters()
    page = customer_page(
        request.user,
        filters,
        by_name=form.is_by_name,
        before=request.GET.get("before"),
        after=request.GET.get("after"),
    )
    return render(
        request,
        "customers/list.html",
        {
            "form": form,
            "customers": page.items,
            "is_filtered": form.is_filtered,
            "is_by_name": form.is_by_name,
            "filtered_organization": filters.organization,
            "may_edit": can_edit_customers(request.user),
            "may_import": request.user.may("customer.import") and can_edit_customers(request.user),
            "may_export": request.user.may("customer.export"),
            **page_links(request, page),
        },
    )
