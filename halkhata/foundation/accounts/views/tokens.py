"""Pages about API keys: one's own, and everybody's for whoever manages the install."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.accounts.confirmation import confirmed
from halkhata.foundation.accounts.forms.tokens import TokenForm
from halkhata.foundation.accounts.models import ApiToken
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.tokens import create_token, revoke_token
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import show_error


@needs()
@confirmed
def listing(request: StaffRequest) -> HttpResponse:
    """The keys, and a form for another; a new key is shown once, in the answer to the form."""
    form = TokenForm(request.POST or None, actor=request.user)
    raw = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, raw = create_token(
                actor=request.user, name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at,
            )  # fmt: skip
            form = TokenForm(actor=request.user)
        except DomainError as error:
            show_error(form, error)
    tokens = ApiToken.objects.select_related("user")
    if not can_manage_structure(request.user):
        tokens = tokens.filter(user=request.user)
    rows = [
        {"token": token, "scopes": [PERMISSIONS[scope] for scope in token.scopes if scope in PERMISSIONS],
         "state": _state(token)}
        for token in tokens
    ]  # fmt: skip
    return render(request, "accounts/tokens.html", {"form": form, "raw": raw, "rows": rows})


@needs()
@require_POST
@confirmed
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """End a key at once."""
    tokens = ApiToken.objects.all() if can_manage_structure(request.user) else request.user.api_tokens.all()
    token = tokens.filter(pk=pk).first()
    if token is None:
        raise Http404
    revoke_token(actor=request.user, token=token)
    messages.success(request, str(_("The key no longer works.")))
    return redirect("accounts:tokens")


def _state(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= now() else "active"
