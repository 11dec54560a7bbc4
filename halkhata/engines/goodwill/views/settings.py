"""Settings: how much each role may waive, and for whom it is suggested."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.goodwill.forms import GoodwillRulesForm, LimitForm
from halkhata.engines.goodwill.models import GoodwillLimit
from halkhata.engines.goodwill.selectors.fit import goodwill_rules
from halkhata.engines.goodwill.services.limits import save_limit, save_rules
from halkhata.foundation.accounts.models import Role, User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: StaffRequest) -> HttpResponse:
    """The limits of all roles that may ask for goodwill in one form, and one form for the customer's record."""
    sent = request.POST.get("form") if request.method == "POST" else None
    rules = goodwill_rules()
    start = {name: getattr(rules, name) for name in ("min_years", "min_purchases", "max_complaints")}
    rules_form = GoodwillRulesForm(request.POST if sent == "rules" else None, initial=start)
    rows = _rows(request.POST if sent == "limits" else None)
    if sent == "rules" and rules_form.is_valid():
        save_rules(actor=request.user, **rules_form.cleaned_data)
    elif sent != "limits" or not _save_all(request.user, rows):
        context = {"rows": rows, "rules_form": rules_form}
        return render(request, "goodwill/limits.html", context, status=422 if sent else 200)
    messages.success(request, _("Saved."))
    return redirect("goodwill:limits")


def _rows(data: QueryDict | None) -> list[tuple[Role, LimitForm]]:
    """A form for each role; one without a limit may stay empty."""
    known = {row.role_id: row for row in GoodwillLimit.objects.all()}
    roles = [role for role in Role.objects.order_by("level", "pk") if "goodwill.grant" in role.permissions]
    rows = []
    for role in roles:
        limit = known.get(role.pk)
        initial = {} if limit is None else {"per_case": limit.per_case, "per_month": limit.per_month}
        form = LimitForm(data, prefix=f"role-{role.pk}", initial=initial, empty_permitted=limit is None,
                         use_required_attribute=False)  # fmt: skip
        rows.append((role, form))
    return rows


def _save_all(user: User, rows: list[tuple[Role, LimitForm]]) -> bool:
    """Save what was changed: all of it, or nothing where one row cannot be."""
    # Every row is read, so that every error stands at its field.
    read = [form.is_valid() for _role, form in rows]
    if not all(read):
        return False
    currency = Installation.current().currency
    try:
        with transaction.atomic():
            for role, form in rows:
                if form.has_changed():
                    failing = form
                    save_limit(actor=user, role=role, currency=currency, **form.cleaned_data)
    except DomainError as error:
        failing.take_error(error)
        return False
    return True
