"""Settings of sign-in, and the names that are locked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from halkhata.foundation.accounts.confirmation import confirmed
from halkhata.foundation.accounts.forms.access import PolicyForm
from halkhata.foundation.accounts.models import AccessPolicy, OidcProvider
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.access_policy import save_policy
from halkhata.foundation.accounts.services.lock_out import locked_names, unlock
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.form_errors import show_error


@needs("users.edit")
@confirmed
def policy(request: StaffRequest) -> HttpResponse:
    """Who needs a second step, how long sessions last, reset by mail."""
    if not can_manage_structure(request.user):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    current = AccessPolicy.current()
    initial = {name: getattr(current, name) for name in ("idle_minutes", "total_hours", "reset_by_mail")}
    if current.pk and AccessPolicy.objects.filter(pk=1).exists():
        initial["roles"] = list(current.roles_with_second_factor.values_list("pk", flat=True))
    form = PolicyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_policy(actor=request.user, **form.cleaned_data)
        except PermissionRefused:
            raise
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, str(_("Saved.")))
            return redirect("accounts:access")
    return render(request, "accounts/access.html", {"form": form, "provider": OidcProvider.current()})


@needs("users.edit")
@require_safe
def locked(request: StaffRequest) -> HttpResponse:
    """Names with too many wrong tries, and a button for each."""
    return render(request, "accounts/locked_names.html", {"rows": locked_names(request.user)})


@needs("users.edit")
@require_POST
def unlock_name(request: StaffRequest) -> HttpResponse:
    """Let a name be tried again."""
    unlock(actor=request.user, name=request.POST.get("name", "")[:150])
    messages.success(request, str(_("It can be tried again.")))
    return redirect("accounts:locked_names")
