"""Who somebody is: household, whose numbers, ids in other systems, former names and numbers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import AliasKind
from halkhata.records.customers.forms.identity import ExternalIdForm, RelativeForm
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import can_edit_customers
from halkhata.records.customers.privacy import may_see_private
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.customers.selectors.households import household_of
from halkhata.records.customers.selectors.places import upazilas_of
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.customers.services.contacts import describe_contact
from halkhata.records.customers.services.external_ids import add_external_id, remove_external_id
from halkhata.records.customers.services.households import join_household, leave_household, name_household
from halkhata.records.customers.services.owners import take_number

# So many who fit are still told one from another by their names.
FITTING = 3


@require_GET
@needs("customer.view")
def identity(request: StaffRequest, pk: int) -> HttpResponse:
    """All that says who this is."""
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect("customers:identity", customer.merged_into_id)
    return _page(request, customer)


@require_POST
@needs("customer.edit")
def household_join(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring the customer and a relative together."""
    customer = customer_for(request.user, pk)
    form = RelativeForm(request.POST)
    if form.is_valid():
        try:
            relative = _relative(request, customer, form.cleaned_data["relative"])
            join_household(
                actor=request.user, customer=customer, relative=relative, relation=form.cleaned_data["relation"]
            )
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:identity", pk)
    return _page(request, customer, relative_form=form)


@require_POST
@needs("customer.edit")
def household_leave(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the customer out of the household."""
    customer = customer_for(request.user, pk)
    leave_household(actor=request.user, customer=customer)
    messages.success(request, _("Saved."))
    return redirect("customers:identity", pk)


@require_POST
@needs("customer.edit")
def household_name(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the household a name."""
    customer = customer_for(request.user, pk)
    name_household(actor=request.user, customer=customer, name=request.POST.get("name", "")[:200])
    messages.success(request, _("Saved."))
    return redirect("customers:identity", pk)


@require_POST
@needs("customer.edit")
def contact_take(request: StaffRequest, pk: int, point_pk: int) -> HttpResponse:
    """The number is this customer's own from now on."""
    customer = customer_for(request.user, pk)
    take_number(actor=request.user, point=get_object_or_404(customer.contact_points, pk=point_pk))
    messages.success(request, _("Saved."))
    return redirect("customers:identity", pk)


@require_POST
@needs("customer.edit")
def contact_label(request: StaffRequest, pk: int, point_pk: int) -> HttpResponse:
    """Say whose or where the number is."""
    customer = customer_for(request.user, pk)
    point = get_object_or_404(customer.contact_points, pk=point_pk)
    describe_contact(actor=request.user, point=point, label=request.POST.get("label", "")[:200])
    messages.success(request, _("Saved."))
    return redirect("customers:identity", pk)


@require_POST
@needs("customer.edit")
def external_id_new(request: StaffRequest, pk: int) -> HttpResponse:
    """Note what another system calls the customer."""
    customer = customer_for(request.user, pk)
    form = ExternalIdForm(request.POST)
    if form.is_valid():
        try:
            add_external_id(
                actor=request.user,
                customer=customer,
                system=form.cleaned_data["system"],
                value=form.cleaned_data["value"],
            )
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:identity", pk)
    return _page(request, customer, id_form=form)


@require_POST
@needs("customer.edit")
def external_id_remove(request: StaffRequest, pk: int, id_pk: int) -> HttpResponse:
    """Take an id of another system away."""
    customer = customer_for(request.user, pk)
    remove_external_id(actor=request.user, found=get_object_or_404(customer.external_ids, pk=id_pk))
    messages.success(request, _("Removed."))
    return redirect("customers:identity", pk)


@require_GET
@needs("customer.edit")
def places(request: StaffRequest) -> HttpResponse:
    """The upazilas of the district that was just typed, for the list of suggestions beside the field."""
    names = upazilas_of(request.user.branch.country, request.GET.get("district", "")[:200])
    return render(request, "customers/_places.html", {"names": names})


def _page(
    request: StaffRequest,
    customer: Customer,
    relative_form: RelativeForm | None = None,
    id_form: ExternalIdForm | None = None,
) -> HttpResponse:
    members = household_of(request.user, customer)
    former: dict[str, list[Any]] = {kind: [] for kind in AliasKind.values}
    # Former numbers are private as the present ones are; the last door would not know them.
    if may_see_private(request.user):
        for alias in customer.former.all()[:50]:
            former[alias.kind].append(alias)
    context = {
        "customer": customer,
        "household": members[0].household if members else None,
        "members": members,
        "points": list(customer.contact_points.all()),
        "external_ids": list(customer.external_ids.all()[:50]),
        "former_names": former[AliasKind.NAME],
        "former_contacts": [*former[AliasKind.PHONE], *former[AliasKind.EMAIL]],
        "merged": list(Customer.objects.filter(merged_into=customer).order_by("id")[:50]),
        "relative_form": relative_form or RelativeForm(auto_id="relative_%s"),
        "id_form": id_form or ExternalIdForm(auto_id="external_%s"),
        "may_edit": can_edit_customers(request.user),
    }
    status = 422 if relative_form is not None or id_form is not None else 200
    return render(request, "customers/identity.html", context, status=status)


def _relative(request: StaffRequest, customer: Customer, text: str) -> Customer:
    """The one whom the text finds. Raises DomainError "nobody_found", "several_found" with their names."""
    found = [hit for hit in search_customers(request.user, clean_text(text), FITTING + 1) if hit.pk != customer.pk]
    if not found:
        message = _("Nobody is found by this. Write the relative down first.")
        raise DomainError("nobody_found", message, field="relative")
    if len(found) > 1 and str(found[0].pk) != clean_text(text):
        names = ", ".join(f"{hit} ({hit.pk})" for hit in found[:FITTING])
        raise DomainError(
            "several_found",
            _("Several people fit: %(names)s. Type the phone or the customer number.") % {"names": names},
            field="relative",
        )
    return found[0]
