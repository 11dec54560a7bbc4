"""Pages about roles."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.accounts.confirmation import confirmed
from halkhata.foundation.accounts.forms.structure import RoleForm
from halkhata.foundation.accounts.models import Role
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_grant, can_manage_structure
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.roles import save_role
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import show_error


@needs("users.edit")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """All roles, and the matrix of who may do what."""
    people = Count("users", filter=Q(users__is_active=True))
    roles = list(Role.objects.annotate(people=people).order_by("-level", "code"))
    matrix = [(label, [code in role.permissions for role in roles]) for code, label in PERMISSIONS.items()]
    return render(
        request, "accounts/roles.html",
        {"roles": roles, "matrix": matrix, "may_change": can_manage_structure(request.user)},
    )  # fmt: skip


@needs("users.edit")
@confirmed
def new(request: StaffRequest) -> HttpResponse:
    """A role of one's own."""
    return _page(request, None)


@needs("users.edit")
@confirmed
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a role."""
    return _page(request, get_object_or_404(Role, pk=pk))


def _page(request: StaffRequest, role: Role | None) -> HttpResponse:
    names = ("name_bn", "name_en", "scope", "level", "permissions")
    form = RoleForm(request.POST or None, initial={name: getattr(role, name) for name in names} if role else {})
    may_change = can_manage_structure(request.user) and (role is None or can_grant(request.user, role))
    if request.method == "POST" and form.is_valid():
        try:
            save_role(actor=request.user, role=role, **form.cleaned_data)
        except DomainError as error:
            if error.code == "permission_refused":
                raise
            show_error(form, error)
        else:
            messages.success(request, str(_("Saved.")))
            return redirect("accounts:roles")
    return render(request, "accounts/role_form.html", {"form": form, "role": role, "may_change": may_change})
