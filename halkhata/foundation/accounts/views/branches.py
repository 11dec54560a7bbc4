"""Pages about the tree of branches."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.forms.structure import BranchForm
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.branches import create_branch, update_branch
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import show_error
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.phones import PhoneError


@needs("users.edit")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """The tree, in its order."""
    people = Count("users", filter=Q(users__is_active=True), distinct=True)
    branches = list(Branch.objects.annotate(people=people))
    # In the order of the tree with numbers as numbers: /1/10/ stands after /1/9/.
    branches.sort(key=lambda branch: [int(part) for part in branch.path.split("/") if part])
    depths = [max(branch.path.count("/") - 2, 0) for branch in branches]
    rows = [(branch, depth, "—" * min(depth, 4)) for branch, depth in zip(branches, depths, strict=True)]
    return render(request, "accounts/branches.html", {"rows": rows, "may_change": can_manage_structure(request.user)})


@needs("users.edit")
def new(request: StaffRequest) -> HttpResponse:
    """Another shop or service point."""
    return _page(request, None)


@needs("users.edit")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a branch."""
    return _page(request, get_object_or_404(Branch, pk=pk))


def _page(request: StaffRequest, branch: Branch | None) -> HttpResponse:
    names = ("name_bn", "name_en", "parent", "phone", "address", "time_zone", "is_active")
    root = Branch.objects.filter(parent__isnull=True).first()
    initial = (
        {name: getattr(branch, name) for name in names}
        if branch
        else {"parent": root, "time_zone": Installation.current().time_zone}
    )
    form = BranchForm(request.POST or None, branch=branch, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if branch is None:
                create_branch(actor=request.user, **form.cleaned_data)
            else:
                update_branch(actor=request.user, branch=branch, **form.cleaned_data)
        except DomainError as error:
            if error.code == "permission_refused":
                raise
            show_error(form, error, field="phone" if isinstance(error, PhoneError) else None)
        else:
            messages.success(request, str(_("Saved.")))
            return redirect("accounts:branches")
    return render(request, "accounts/branch_form.html", {"form": form, "branch": branch})
