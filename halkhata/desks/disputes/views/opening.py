"""Opening a dispute, from whatever page somebody came."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.disputes.choices import KIND
from halkhata.desks.disputes.forms import NewDisputeForm
from halkhata.desks.disputes.services.opening import open_dispute
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.units import unit_of_item
from halkhata.records.customers.models import Customer


@needs("dispute.view", "dispute.open")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """The form; ``?about=K-1045``, ``?unit=U-7`` or ``?customer=3`` say what it is about."""
    about, unit, customer = _named(request)
    context: dict[str, Any] = {"about": about, "unit": unit, "customer": customer}
    if customer is None:
        items = WorkItem.objects.visible_to(request.user).exclude(kind=KIND).filter(customer__isnull=False)
        context["recent"] = list(items.select_related("customer").order_by("-opened_at", "-pk")[:8])
        return render(request, "disputes/new_about.html", context)
    form = NewDisputeForm(request.POST or None)
    if request.method != "POST":
        return render(request, "disputes/new.html", {**context, "form": form})
    if not form.is_valid():
        return render(request, "disputes/new.html", {**context, "form": form}, status=422)
    branch = about.branch if about is not None else unit.branch if unit is not None else request.user.branch
    try:
        dispute = open_dispute(
            actor=request.user, customer=customer, branch=branch, about=about, unit=unit,
            **form.cleaned_data,
        )  # fmt: skip
    except Conflict as error:
        if error.code == "disputed_already":
            messages.warning(request, str(error.message))
            return redirect("disputes:detail", error.data["number"])
        form.take_error(error)
        return render(request, "disputes/new.html", {**context, "form": form}, status=status_of(error))
    except DomainError as error:
        form.take_error(error)
        return render(request, "disputes/new.html", {**context, "form": form}, status=status_of(error))
    messages.success(request, _("The dispute is open. Its number: %(number)s") % {"number": ref(dispute.number)})
    return redirect("disputes:detail", dispute.number)


def _named(request: StaffRequest) -> tuple[WorkItem | None, Unit | None, Customer | None]:
    """What the address names and the reader may see; anything else is as if it were not named."""
    query, user = request.GET, request.user
    about = unit = customer = None
    if number := parse_ref(query.get("about", "")):
        items = WorkItem.objects.visible_to(user).exclude(kind=KIND)
        about = items.select_related("customer", "branch", "team").filter(number=number).first()
    if number := parse_ref(query.get("unit", "")):
        unit = Unit.objects.visible_to(user).select_related("owner", "branch", "product").filter(number=number).first()
    wanted = query.get("customer", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        customer = Customer.objects.visible_to(user).filter(pk=int(wanted)).first()
    if about is not None:
        customer = about.customer or customer
        # Not whatever else the customer owns. A unit that came back belongs to nobody and is argued about, too.
        unit = unit_of_item(about.pk) or unit
    elif unit is not None:
        customer = unit.owner or customer
    if customer is not None and unit is None:
        owned = list(Unit.objects.visible_to(user).filter(owner=customer).select_related("product", "branch")[:2])
        unit = owned[0] if len(owned) == 1 else None
    return about, unit, customer
