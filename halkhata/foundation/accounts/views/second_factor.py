"""One's own second factor: setting the app up, recovery codes, switching it off."""

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from halkhata.foundation.accounts.confirmation import confirmed
from halkhata.foundation.accounts.forms.access import CodeForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    has_second_factor,
    remove_own_second_factor,
    renew_recovery_codes,
    replace_own_second_factor,
    unused_codes,
)
from halkhata.foundation.accounts.services.sessions import MUST_ENROL, end_other_sessions
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import show_error
from halkhata.foundation.core.models import Installation


@needs()
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """Whether it is on, how many recovery codes are left, what can be done."""
    on = has_second_factor(request.user)
    return render(
        request, "accounts/two_factor.html",
        {"on": on, "left": unused_codes(request.user) if on else 0, "must": request.session.get(MUST_ENROL)},
    )  # fmt: skip


@needs()
@confirmed
def enrol(request: StaffRequest) -> HttpResponse:
    """QR code and key, and the field for the first code; then the recovery codes, once."""
    if has_second_factor(request.user):
        return redirect("accounts:two_factor")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = confirm_enrolment(actor=request.user, code=form.cleaned_data["code"])
        except DomainError as error:
            show_error(form, error)
        else:
            request.session.pop(MUST_ENROL, None)
            # Those came in by the password alone.
            end_other_sessions(request.user, keep=request.session.session_key)
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": True})
    enrolment = begin_enrolment(actor=request.user, issuer=Installation.current().shop_name)
    grouped = " ".join(enrolment.key[start : start + 4] for start in range(0, len(enrolment.key), 4))
    return render(
        request, "accounts/two_factor_new.html",
        {"form": form, "key": grouped, "picture": _picture(enrolment.uri), "uri": enrolment.uri,
         "must": request.session.get(MUST_ENROL)},
    )  # fmt: skip


@needs()
@require_POST
@confirmed
def codes(request: StaffRequest) -> HttpResponse:
    """Ten new recovery codes, shown once."""
    return render(request, "accounts/recovery_codes.html", {"codes": renew_recovery_codes(actor=request.user)})


@needs()
@require_POST
@confirmed
def off(request: StaffRequest) -> HttpResponse:
    """Switch it off, or forget the old phone and set a new one up."""
    if request.POST.get("then") == "new":
        replace_own_second_factor(actor=request.user)
        return redirect("accounts:two_factor_new")
    remove_own_second_factor(actor=request.user)
    messages.success(request, str(_("The second step is switched off.")))
    return redirect("accounts:two_factor")


def _picture(uri: str) -> SafeString:
    """The QR code as an SVG without style attributes: our content policy allows none. segno escapes what it writes."""
    drawn = segno.make(uri, micro=False, error="m").svg_inline(
        scale=5, border=3, dark="#000", light="#fff", svgclass="hk-qr", lineclass=None, omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308 - digits and path commands only
