"""Organizations: list, one with its people, forms."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.customers.forms.organizations import OrganizationForm
from halkhata.records.customers.policies import can_edit_customers, refuse_unless_may_edit
from halkhata.records.customers.selectors.customers import (
    CustomerFilters,
    customer_page,
    organization_for,
    organization_page,
)
from halkhata.records.customers.services.organizations import create_organization, update_organization
from halkhata.records.customers.views.paging import page_links


@require_GET
@needs("customer.view")
def organization_list(request: StaffRequest) -> HttpResponse:
    """Organizations, last touched first."""
    page = organization_page(request.user, before=request.GET.get("before"), after=request.GET.get("after"))
    context = {"organizations": page.items, "may_edit": can_edit_customers(request.user), **page_links(request, page)}
    return render(request, "customers/organizations.html", context)


@require_GET
@needs("customer.view")
def organization_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One organization with the people in it."""
    organization = organization_for(request.user, pk)
    page = customer_page(
        request.user,
        CustomerFilters(organization=organization),
        before=request.GET.get("before"),
        after=request.GET.get("after"),
    )
    context = {
        "organization": organization,
        "people": page.items,
        "may_edit": can_edit_customers(request.user),
        **page_links(request, page),
    }
    return render(request, "customers/organization.html", context)


@require_http_methods(["GET", "POST"])
@needs("customer.edit")
def organization_new(request: StaffRequest) -> HttpResponse:
    """Write an organization down."""
    form = OrganizationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        values = form.values()
        try:
            organization = create_organization(
                actor=request.user, phones=[values.pop("phone")], emails=[values.pop("email")], **values
            )
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("%(name)s is written down.") % {"name": organization})
            return redirect("customers:organization", organization.pk)
    return render(request, "customers/organization_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@needs("customer.edit")
def organization_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change an organization; a change by somebody else meanwhile is shown, and the typed text stays."""
    refuse_unless_may_edit(request.user)
    organization = organization_for(request.user, pk)
    status = 200
    if request.method == "POST":
        form = OrganizationForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                update_organization(
                    actor=request.user, organization=organization, version=form.seen_version, **form.values()
                )
            except Conflict as error:
                form = form.after_conflict(organization_for(request.user, pk), error)
                status = 409
            except DomainError as error:
                form.take_error(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("customers:organization", pk)
    else:
        form = OrganizationForm(initial=OrganizationForm.initial_of(organization))
    context = {"form": form, "organization": organization}
    return render(request, "customers/organization_form.html", context, status=status)
