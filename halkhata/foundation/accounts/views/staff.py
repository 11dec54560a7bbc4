"""Pages about members of staff."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from halkhata.foundation.accounts.confirmation import confirmed
from halkhata.foundation.accounts.forms.staff import StaffForm
from halkhata.foundation.accounts.models import AccessLink, User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_grant, staff_visible_to
from halkhata.foundation.accounts.registry import columns_of, in_order
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.links import LIFE, make_link
from halkhata.foundation.accounts.services.second_factor import has_second_factor, reset_second_factor
from halkhata.foundation.accounts.services.single_sign_on import active_provider
from halkhata.foundation.accounts.services.staff import (
    create_staff,
    reactivate_staff,
    reset_password,
    update_staff,
)
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.form_errors import show_error
from halkhata.foundation.core.phones import PhoneError
from halkhata.foundation.core.text import search_key


def _person(request: StaffRequest, pk: int) -> User:
    user = staff_visible_to(request.user).filter(pk=pk).first()
    if user is None:
        raise Http404
    return user


def _show(form: StaffForm, error: DomainError) -> None:
    show_error(form, error, field="phone" if isinstance(error, PhoneError) else None)


@needs("users.edit")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """Everybody within reach by name, those who left last; ``q`` narrows by name, user name or phone."""
    people = by_name(staff_visible_to(request.user).prefetch_related("teams").order_by("username"))
    people.sort(key=lambda user: not user.is_active)
    text = search_key(request.GET.get("q", ""))
    if text:
        people = [
            user for user in people
            if text in search_key(f"{user.name_bn} {user.name_en} {user.username} {user.phone_e164}")
        ]  # fmt: skip
    columns, cells = columns_of(people)
    rows = [(person, cells.get(person.pk, ())) for person in people]
    context = {"rows": rows, "columns": columns, "q": request.GET.get("q", "")}
    return render(request, "accounts/staff_list.html", context)


@needs("users.edit")
@confirmed
def new(request: StaffRequest) -> HttpResponse:
    """Add somebody; the temporary password is shown once, on the page that follows."""
    form = StaffForm(
        request.POST or None,
        actor=request.user,
        initial={"branch": request.user.branch_id, "language": request.user.language},
    )
    if request.method == "POST" and form.is_valid():
        try:
            user, password = create_staff(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            _show(form, error)
        else:
            return render(
                request, "accounts/password_once.html", {"person": user, "password": password, "is_new": True}
            )
    return render(request, "accounts/staff_form.html", {"form": form})


@needs("users.edit")
@confirmed
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change somebody's account."""
    person = _person(request, pk)
    fields = ("name_bn", "name_en", "username", "email", "language")
    form = StaffForm(
        request.POST or None, actor=request.user,
        initial={
            **{name: getattr(person, name) for name in fields}, "phone": person.phone_e164, "role": person.role_id,
            "branch": person.branch_id, "teams": person.team_ids,
        },
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            update_staff(actor=request.user, user=person, **form.cleaned_data)
        except PermissionRefused:
            raise
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, str(_("Saved.")))
            return redirect("accounts:users")
    return render(
        request, "accounts/staff_form.html",
        {"form": form, "person": person, "is_self": person.pk == request.user.pk,
         "may_change": can_grant(request.user, person.role), "provider": active_provider(),
         "has_second_factor": has_second_factor(person), "handover": person.handovers.first(),
         "panels": [
             render_to_string(panel.template, {"person": person, **panel.context(request.user, person)})
             for panel in in_order()
         ]},
    )  # fmt: skip


@needs("users.edit")
@require_POST
@confirmed
def come_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody returns."""
    person = _person(request, pk)
    reactivate_staff(actor=request.user, user=person)
    messages.success(request, str(_("%(name)s can sign in again.") % {"name": person.name}))
    return redirect("accounts:users")


@needs("users.edit")
@require_POST
@confirmed
def password(request: StaffRequest, pk: int) -> HttpResponse:
    """A temporary password, shown once."""
    person = _person(request, pk)
    fresh = reset_password(actor=request.user, user=person)
    return render(request, "accounts/password_once.html", {"person": person, "password": fresh})


@needs("users.edit")
@require_POST
@confirmed
def link(request: StaffRequest, pk: int) -> HttpResponse:
    """A one-time link for somebody, shown once: to choose a password, or to link the outside sign-in."""
    person = _person(request, pk)
    purpose = AccessLink.IDENTITY if request.POST.get("purpose") == AccessLink.IDENTITY else AccessLink.PASSWORD
    address = make_link(actor=request.user, user=person, purpose=purpose)
    hours = int(LIFE.total_seconds() // 3600)
    return render(
        request, "accounts/link_once.html", {"person": person, "address": address, "purpose": purpose, "hours": hours}
    )


@needs("users.edit")
@require_POST
@confirmed
def second_factor_reset(request: StaffRequest, pk: int) -> HttpResponse:
    """The phone is lost and the codes are, too."""
    person = _person(request, pk)
    reset_second_factor(actor=request.user, user=person)
    messages.success(
        request, str(_("The second step of %(name)s is gone; a new one can be set up.") % {"name": person.name})
    )
    return redirect("accounts:user_edit", person.pk)
