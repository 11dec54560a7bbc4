"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from halkhata.foundation.accounts.forms.access import CodeForm
from halkhata.foundation.accounts.forms.sign_in import SignInForm
from halkhata.foundation.accounts.services.lock_out import is_locked, note_wrong_try
from halkhata.foundation.accounts.services.reset_by_mail import is_offered
from halkhata.foundation.accounts.services.second_factor import check_code, unused_codes
from halkhata.foundation.accounts.services.sessions import ENDED
from halkhata.foundation.accounts.services.sign_in_steps import (
    PASSWORD,
    enter,
    finish,
    forget_pending,
    pending_of,
)
from halkhata.foundation.accounts.services.single_sign_on import active_provider


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Keep the language for pages before sign-in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        secure=settings.SESSION_COOKIE_SECURE,
    )


class SignInView(LoginView):
    """User name or phone, and password; leads back to the page that asked for it."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What else the page offers, and why somebody was signed out."""
        ended = self.request.session.pop(ENDED, "")
        return {
            **super().get_context_data(**kwargs),
            "ended": ended,
            "provider": active_provider(),
            "mail_offered": is_offered(),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        """The password was right: in, or on to the code."""
        user = form.get_user()
        following = self.get_success_url()
        if not enter(self.request, user, method=PASSWORD, following=following):
            return redirect("accounts:second_step")
        response = HttpResponseRedirect(following)
        set_language_cookie(response, user.language)
        return response


def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the app, or a recovery code. Wrong ones count like wrong passwords."""
    pending = pending_of(request)
    if pending is None:
        return redirect("accounts:login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and is_locked(request, pending.user.username):
        forget_pending(request)
        return render(request, "accounts/locked.html", status=429)
    if request.method == "POST" and form.is_valid():
        if check_code(user=pending.user, typed=form.cleaned_data["code"]):
            finish(request, pending.user, method=pending.method)
            response = HttpResponseRedirect(pending.next)
            set_language_cookie(response, pending.user.language)
            return response
        note_wrong_try(request, pending.user.username)
        form.add_error("code", str(_("This code is wrong or has been used. Wait for the next one.")))
    return render(request, "accounts/second_step.html", {"form": form, "left": unused_codes(pending.user)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, and have the browser drop what it kept of these pages."""
    logout(request)
    response = redirect("accounts:login")
    # Not "cookies": language and theme belong to the browser. The session's cookie is dead either way (ASVS 14.3.1).
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
