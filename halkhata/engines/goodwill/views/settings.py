"""Settings: how much each role may waive, and for whom it is suggested."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.goodwill.forms import GoodwillRulesForm, LimitForm
from halkhata.engines.goodwill.models import GoodwillLimit
from halkhata.engines.goodwill.selectors.fit import goodwill_rules
from halkhata.engines.goodwill.services.limits import save_limit, save_rules
from halkhata.foundation.accounts.models import Role
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: StaffRequest) -> HttpResponse:
    """One form for each role that may ask for goodwill, and one for the customer's record."""
    rules = goodwill_rules()
    start = {name: getattr(rules, name) for name in ("min_years", "min_purchases", "max_complaints")}
    rules_form = GoodwillRulesForm(request.POST if request.POST.get("form") == "rules" else None, initial=start)
    if rules_form.is_bound and rules_form.is_valid():
        save_rules(actor=request.user, **rules_form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("goodwill:limits")
    known = {row.role_id: row for row in GoodwillLimit.objects.all()}
    status = 422 if rules_form.is_bound else 200
    rows = []
    for role in Role.objects.order_by("level", "pk"):
        if "goodwill.grant" not in role.permissions:
            continue
        limit = known.get(role.pk)
        initial = {} if limit is None else {"per_case": limit.per_case, "per_month": limit.per_month}
        is_sent = request.POST.get("form") == f"role-{role.pk}"
        form = LimitForm(request.POST if is_sent else None, initial=initial, auto_id=f"id_{role.pk}_%s")
        if is_sent:
            if form.is_valid():
                try:
                    save_limit(
                        actor=request.user, role=role, currency=Installation.current().currency, **form.cleaned_data
                    )
                except DomainError as error:
                    form.take_error(error)
                else:
                    messages.success(request, _("Saved."))
                    return redirect("goodwill:limits")
            status = 422
        rows.append({"role": role, "form": form, "key": f"role-{role.pk}"})
    return render(request, "goodwill/limits.html", {"rows": rows, "rules_form": rules_form}, status=status)
