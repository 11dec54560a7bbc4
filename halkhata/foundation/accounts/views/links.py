"""Forgotten passwords, and what one-time links lead to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.forms.access import ForgottenForm
from halkhata.foundation.accounts.forms.profile import NewPasswordForm
from halkhata.foundation.accounts.jobs import ask_for_password_link
from halkhata.foundation.accounts.models import AccessLink
from halkhata.foundation.accounts.services.links import choose_password, find_link
from halkhata.foundation.accounts.services.lock_out import forget_tries
from halkhata.foundation.accounts.services.reset_by_mail import is_offered
from halkhata.foundation.accounts.services.single_sign_on import active_provider
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.form_errors import show_error

KEPT = "hk_link"


def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by e-mail. The answer is the same for everybody, known or not, and takes the same time."""
    if not is_offered():
        return redirect("accounts:login")
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_for_password_link(form.cleaned_data["who"])
        return render(request, "accounts/forgotten_sent.html")
    return render(request, "accounts/forgotten.html", {"form": form})


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link was opened. Nothing is used up by looking (mail programs look, too); the token leaves the address bar."""
    try:
        link = find_link(token)
    except NotFound:
        return _over(request)
    request.session[KEPT] = token
    if link.purpose == AccessLink.PASSWORD:
        return redirect("accounts:new_password")
    return redirect("accounts:invited")


def new_password(request: HttpRequest) -> HttpResponse:
    """Choose a password by link, then sign in with it: a second step is asked for as always."""
    token = request.session.get(KEPT, "")
    try:
        link = find_link(token)
    except NotFound:
        return _over(request)
    if link.purpose != AccessLink.PASSWORD:
        return _over(request)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = choose_password(token=token, password=form.cleaned_data["new_password"])
        except NotFound:
            return _over(request)
        except DomainError as error:
            show_error(form, error)
        else:
            request.session.flush()
            forget_tries(user.username)
            messages.success(request, str(_("The new password is in force. Sign in with it.")))
            return redirect("accounts:login")
    return render(request, "accounts/new_password.html", {"form": form, "person": link.user})


def invited(request: HttpRequest) -> HttpResponse:
    """An administrator's invitation to link an outside sign-in: one button leads to the provider."""
    try:
        link = find_link(request.session.get(KEPT, ""))
    except NotFound:
        return _over(request)
    provider = active_provider()
    if link.purpose != AccessLink.IDENTITY or provider is None:
        return _over(request)
    address = f"{reverse('accounts:oidc_begin')}?for=invitation"
    return render(request, "accounts/invited.html", {"person": link.user, "provider": provider, "address": address})


def _over(request: HttpRequest) -> HttpResponse:
    request.session.pop(KEPT, None)
    return render(request, "accounts/link_over.html", status=404)
