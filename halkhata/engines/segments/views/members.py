"""One segment: its conditions, its members, and why somebody is in it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from halkhata.engines.segments.policies import fields_open_to
from halkhata.engines.segments.selectors.segments import conditions_in_words, explain_membership, member_page
from halkhata.engines.segments.views.writing import found
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.records.customers.models import Customer


@require_GET
@needs("customer.view", "report.view")
def segment_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """The members, newest customer first; ``?customer=7`` says why that one is, or is not, in it."""
    segment = found(pk)
    people, last = member_page(segment, request.user, before=_number(request.GET.get("before")))
    asked = _number(request.GET.get("customer"))
    customer = Customer.objects.visible_to(request.user).filter(pk=asked).first() if asked else None
    context = {
        "segment": segment,
        "words": conditions_in_words([segment], request.user)[segment.pk],
        "people": people,
        "older_url": f"?before={last}" if last else "",
        "newer_url": "?" if request.GET.get("before") else "",
        "customer": customer,
        "why": explain_membership(segment, customer, open_fields=fields_open_to(request.user)) if customer else None,
        "sees_all": request.user.role.scope == Scope.ALL,
    }
    return render(request, "segments/detail.html", context)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
