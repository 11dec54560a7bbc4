"""One sale, and taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.models import Purchase
from halkhata.records.catalog.policies import NOTHING_HERE
from halkhata.records.catalog.sale_forms import ReverseForm
from halkhata.records.catalog.selectors.listing import seen_owners
from halkhata.records.catalog.services.reversing import reverse_purchase


def purchase_or_404(request: StaffRequest, number: str) -> Purchase:
    """The sale of this number. Raises NotFound for a stranger's, too."""
    found = (
        Purchase.objects.visible_to(request.user)
        .select_related("customer", "branch", "created_by", "reversed_by")
        .filter(number=parse_ref(number) or number)
        .first()
    )
    if found is None:
        raise NotFound("not_found", NOTHING_HERE)
    return found


@require_GET
@needs("unit.view")
def sale_detail(request: StaffRequest, number: str) -> HttpResponse:
    """One sale with its lines."""
    return _page(request, purchase_or_404(request, number))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("unit.view", "sale.reverse")
def sale_reverse(request: StaffRequest, number: str) -> HttpResponse:
    """Take a sale back as one, with a reason."""
    purchase = purchase_or_404(request, number)
    form = ReverseForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reverse_purchase(actor=request.user, purchase=purchase, reason=form.cleaned_data["reason"])
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("The sale was taken back."))
                return redirect("catalog:sale", purchase.number)
    return render(request, "catalog/sale_reverse.html", {"purchase": purchase, "form": form}, status=status)


def _page(request: StaffRequest, purchase: Purchase) -> HttpResponse:
    lines = purchase.lines.select_related("product__brand", "unit").prefetch_related("unit__identifiers")
    return render(
        request,
        "catalog/sale.html",
        {
            "purchase": purchase,
            "lines": list(lines),
            "is_seen": purchase.customer_id in seen_owners(request.user, [purchase], field="customer_id"),
            "may_reverse": request.user.may("sale.reverse") and not purchase.is_reversed,
        },
    )
