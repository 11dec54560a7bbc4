"""The password again, before something important."""

from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.forms.access import ConfirmForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.lock_out import is_locked
from halkhata.foundation.accounts.services.sessions import note_confirmed
from halkhata.foundation.accounts.services.single_sign_on import active_provider


@needs()
def confirm(request: StaffRequest) -> HttpResponse:
    """One field, and back to where one came from. Wrong tries count as at sign-in."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    following = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "/me/"
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and is_locked(request, request.user.username):
        return render(request, "accounts/locked.html", status=429)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, username=request.user.username, password=form.cleaned_data["password"])
        if user is not None and user.pk == request.user.pk:
            note_confirmed(request.session)
            return redirect(following)
        form.add_error("password", str(_("This is not your present password.")))
    linked = request.user.identities.exists() if active_provider() else False
    return render(
        request, "accounts/confirm.html",
        {"form": form, "next": following, "provider": active_provider() if linked else None},
    )  # fmt: skip
