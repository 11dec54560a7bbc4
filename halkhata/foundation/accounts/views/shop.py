"""The shop's own page in the settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.forms.shop import ShopForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_edit_shop
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.shop import FIELDS, both_names, save_shop
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.form_errors import show_error
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.phones import PhoneError


@require_http_methods(["GET", "HEAD", "POST"])
@needs("settings.edit")
def shop(request: StaffRequest) -> HttpResponse:
    """Names, phone, address, e-mail, trade, language, digits, time zone."""
    if not can_edit_shop(request.user):
        raise PermissionRefused(
            "permission_refused", _("Only whoever may change settings of all branches may do this.")
        )
    install = Installation.current()
    bengali, english = both_names(install)
    initial = {
        **{name: getattr(install, name) for name in FIELDS},
        "shop_name_bn": bengali,
        "shop_name_en": english,
        "version": install.version,
    }
    form = ShopForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            save_shop(actor=request.user, version=values.pop("version"), values=values)
        except DomainError as error:
            show_error(form, error, field="phone" if isinstance(error, PhoneError) else None)
        else:
            messages.success(request, str(_("Saved.")))
            return redirect("accounts:shop")
    return render(request, "accounts/shop.html", {"form": form}, status=422 if form.errors else 200)
