"""Taking a request down: find the sale, look at the rules, write it down."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.returns.choices import Reason
from halkhata.desks.returns.forms import RequestForm
from halkhata.desks.returns.rule_words import lines_of
from halkhata.desks.returns.selectors.finding import Returnable, find_returnable, line_of_unit, returnable
from halkhata.desks.returns.services.eligibility import look
from halkhata.desks.returns.services.requesting import request_return
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.foundation.files.services.photos import store_photos
from halkhata.records.catalog.selectors.units import unit_by_number


@needs("return.view", "return.create")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """First the sale by serial number or memo, then the request with the rules as they are now."""
    chosen = _chosen(request)
    if chosen is None:
        text = request.GET.get("find", "")
        found = find_returnable(request.user, text)
        context = {
            "text": text, "found": found, "searched": bool(text), "may_sell": request.user.may("sale.record"),
        }  # fmt: skip
        return render(request, "returns/find.html", context)
    if request.method != "POST":
        reason = request.GET.get("reason", "")
        initial = {"token": secrets.token_urlsafe(18), "reason_code": reason}
        return _page(request, chosen, RequestForm(initial=initial))
    form = RequestForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, chosen, form, status=422)
    data = dict(form.cleaned_data)
    token, photos = data.pop("token"), data.pop("photos")
    try:
        made = request_return(
            actor=request.user, purchase_line=chosen.line, unit=chosen.unit, files=store_photos(photos),
            against_rules=request.POST.get("against_rules") == "1", branch=request.user.branch,
            cause=f"return:{request.user.pk}:{token}" if token else "", **data,
        )  # fmt: skip
    except DomainError as error:
        form.take_error(error)
        offers = error.code == "not_by_policy"
        return _page(request, chosen, form, status=status_of(error), against=offers)
    messages.success(request, _("Return %(number)s is written down.") % {"number": ref(made.number)})
    return redirect("returns:detail", made.number)


def _chosen(request: StaffRequest) -> Returnable | None:
    key = request.POST.get("line") or request.GET.get("line") or ""
    if key:
        return returnable(request.user, key)
    unit = unit_by_number(request.user, request.GET.get("unit", "")) if request.GET.get("unit") else None
    line = line_of_unit(request.user, unit) if unit is not None else None
    return Returnable(line, unit, 1) if line is not None else None


def _page(
    request: StaffRequest, chosen: Returnable, form: RequestForm, *, status: int = 200, against: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {"chosen": chosen, "form": form, "against": against, "rules": [], "problem": ""}
    reason = form["reason_code"].value() or Reason.DEFECT
    try:
        seen = look(line=chosen.line, unit=chosen.unit, reason_code=reason)
    except DomainError as error:
        context["problem"] = error.message
    else:
        context |= {"rules": lines_of(seen.rules), "policy": seen.policy, "price": seen.price}
        context["reason_label"] = Reason(reason).label
    return render(request, "returns/new.html", context, status=status)
