"""Settings: the terms, their versions, the rules of the shop, and what the law asks for."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.records.warranty.forms import RulesForm
from halkhata.records.warranty.models import WarrantyPolicy
from halkhata.records.warranty.policies import NOTHING_HERE
from halkhata.records.warranty.selectors.floors import is_below, shop_floor
from halkhata.records.warranty.selectors.policies import versions_of
from halkhata.records.warranty.services.publishing import publish_policy, rest_policy
from halkhata.records.warranty.services.shop_rules import save_warranty_settings, warranty_settings
from halkhata.records.warranty.term_forms import PolicyForm, TermRows, WindowRows, initial_of

NEW = "new"


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warranty.settings")
def policies(request: StaffRequest) -> HttpResponse:
    """All terms in use, those of the product first marked as examples, and the rules of the shop."""
    row = warranty_settings()
    start = {name: getattr(row, name) for name in ("version", "many_claims", "warn_days", "public_registration")}
    form = RulesForm(request.POST or None, initial=start)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            data = {name: value for name, value in data.items() if value is not None}
            try:
                save_warranty_settings(actor=request.user, version=form.seen_version, **data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("warranty:policies")
    floor = shop_floor()
    found = (
        WarrantyPolicy.objects.filter(is_active=True)
        .select_related("product__brand", "brand", "product_kind")
        .prefetch_related("terms", "coupons")
        .annotate(units=Count("covers__unit", filter=~Q(covers__state="moved"), distinct=True))
    )
    rows = [{"policy": policy, "is_below": is_below(policy, floor)} for policy in found]
    return render(request, "warranty/policies.html", {"rows": rows, "form": form, "floor": floor}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warranty.settings")
def policy(request: StaffRequest, code: str) -> HttpResponse:
    """One set of terms; saving publishes the next version. ``new`` begins one."""
    versions = list(versions_of(code)) if code != NEW else []
    if not versions and code != NEW:
        raise NotFound("not_found", NOTHING_HERE)
    known = versions[0] if versions else None
    start, terms, windows = initial_of(known)
    form = PolicyForm(request.POST or None, initial=start)
    term_rows = TermRows(request.POST or None, initial=terms, prefix="terms")
    window_rows = WindowRows(request.POST or None, initial=windows, prefix="coupons")
    status = 200
    if request.method == "POST":
        status = 422
        # Each is asked, so that every mistake is told at once.
        good = [form.is_valid(), term_rows.is_valid(), window_rows.is_valid()]
        if all(good):
            try:
                saved = _publish(request, known, form, term_rows, window_rows)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(
                    request,
                    _("Version %(version)s is in use. What was sold before keeps its terms.")
                    % {"version": saved.version},
                )
                return redirect("warranty:policy", saved.code)
    context = {
        "form": form, "term_rows": term_rows, "window_rows": window_rows, "policy": known, "versions": versions,
        "floor": shop_floor(), "is_below": known is not None and is_below(known, shop_floor()),
    }  # fmt: skip
    return render(request, "warranty/policy.html", context, status=status)


def _publish(
    request: StaffRequest, known: WarrantyPolicy | None, form: PolicyForm, term_rows: Any, window_rows: Any
) -> WarrantyPolicy:
    values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    filled = [row for row in term_rows if not row.is_empty]
    return publish_policy(
        actor=request.user, code=known.code if known else "", seen_version=form.seen_version if known else None,
        terms=[row.term(place) for place, row in enumerate(filled)],
        coupons=[row.window() for row in window_rows if not row.is_empty], **values,
    )  # fmt: skip


@require_POST
@needs("warranty.settings")
def rest(request: StaffRequest, code: str) -> HttpResponse:
    """Out of use: nothing new is sold with them."""
    rest_policy(actor=request.user, code=code)
    messages.success(request, _("Out of use. What was sold keeps its terms."))
    return redirect("warranty:policies")
