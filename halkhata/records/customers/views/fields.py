"""The shop's own fields and the tags of one customer."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.fields.views.record import record_page
from halkhata.records.customers.own_fields import TARGET
from halkhata.records.customers.policies import refuse_unless_may_edit
from halkhata.records.customers.selectors.customers import customer_for


@require_http_methods(["GET", "POST"])
@needs("customer.edit")
def customer_fields(request: StaffRequest, pk: int) -> HttpResponse:
    """Fill in the shop's own fields of a customer and hang tags on it."""
    refuse_unless_may_edit(request.user)
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect("customers:fields", customer.merged_into_id)
    return record_page(request, TARGET, customer)
