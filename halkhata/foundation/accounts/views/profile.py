"""One's own settings and password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.devices import device_in_words
from halkhata.foundation.accounts.forms.profile import PasswordForm, ProfileForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.second_factor import has_second_factor
from halkhata.foundation.accounts.services.sessions import end_other_sessions, sessions_of
from halkhata.foundation.accounts.services.single_sign_on import active_provider
from halkhata.foundation.accounts.services.staff import change_own_password, save_profile
from halkhata.foundation.accounts.views.sign_in import set_language_cookie
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import show_error


@needs()
def profile(request: StaffRequest) -> HttpResponse:
    """Name, language, digits, Bangla date."""
    user = request.user
    form = ProfileForm(
        request.POST or None,
        initial={
            name: getattr(user, name) for name in ("name_bn", "name_en", "language", "digits", "show_bangla_date")
        },
    )
    if request.method == "POST" and form.is_valid():
        saved = save_profile(actor=user, **form.cleaned_data)
        with translation.override(saved.language):
            messages.success(request, str(_("Saved.")))
        response = redirect("accounts:profile")
        set_language_cookie(response, saved.language)
        return response
    sessions = sessions_of(user, this_key=request.session.session_key)
    return render(
        request, "accounts/profile.html",
        {"form": form, "second_factor_on": has_second_factor(user), "provider": active_provider(),
         "identities": list(user.identities.order_by("pk")),
         "sessions": [(one, device_in_words(one.agent)) for one in sessions]},
    )  # fmt: skip


@needs()
def password(request: StaffRequest) -> HttpResponse:
    """Another password; all other sessions of the person end."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = change_own_password(
                actor=request.user,
                old_password=form.cleaned_data["old_password"],
                new_password=form.cleaned_data["new_password"],
            )
        except DomainError as error:
            show_error(form, error)
        else:
            update_session_auth_hash(request, user)
            end_other_sessions(user, keep=request.session.session_key)
            messages.success(request, str(_("The new password is in force. Other devices were signed out.")))
            return redirect("accounts:profile")
    return render(request, "accounts/password.html", {"form": form, "forced": request.user.must_change_password})
