"""Settings: what each company asks of a claim."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.claims.models import CompanyRules
from halkhata.desks.claims.policies import NOTHING_HERE
from halkhata.desks.claims.selectors.rules import terms_by_brand, terms_of
from halkhata.desks.claims.services.rules import save_rules
from halkhata.desks.claims.setting_forms import RulesForm, columns_text
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.models import Brand


@needs("settings.edit")
@require_safe
def companies(request: StaffRequest) -> HttpResponse:
    """All brands with their rules, written down or usual."""
    brands = {brand.pk: brand for brand in Brand.objects.filter(is_active=True)}
    terms = terms_by_brand(brands)
    rows = [{"brand": brand, "terms": terms[pk]} for pk, brand in brands.items()]
    return render(request, "claims/settings/companies.html", {"rows": rows})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: StaffRequest, code: str) -> HttpResponse:
    """The rules of one company."""
    brand = Brand.objects.filter(code=code).first()
    if brand is None:
        raise NotFound("not_found", NOTHING_HERE)
    row = CompanyRules.objects.filter(brand=brand).first()
    terms = terms_of(brand)
    initial = {
        "version": row.version if row else None, "name_bn": row.name_bn if row else brand.name_bn,
        "name_en": row.name_en if row else brand.name_en, "required_fields": list(terms.required_fields),
        "required_photos": list(terms.required_photos), "deadline_days": terms.deadline_days,
        "warn_days": terms.warn_days, "wants_old_parts": terms.wants_old_parts, "address": terms.address,
        "coupon_rate": f"{terms.coupon_rate:.2f}", "columns": columns_text(terms.columns), "note": terms.note,
    }  # fmt: skip
    form = RulesForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_rules(actor=request.user, brand=brand, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. The rules hold from now on."))
                return redirect("claims:companies")
    return render(request, "claims/settings/company.html", {"form": form, "brand": brand}, status=status)
