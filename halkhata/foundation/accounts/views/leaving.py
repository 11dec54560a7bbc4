"""Somebody leaves: one page, one button; the list of what went where; and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from halkhata.foundation.accounts.confirmation import confirmed
from halkhata.foundation.accounts.forms.access import LeaveForm
from halkhata.foundation.accounts.models import Handover, User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import staff_visible_to
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.leaving import take_back
from halkhata.foundation.accounts.services.staff import deactivate_staff, open_work_of
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.form_errors import show_error
from halkhata.foundation.core.formatting import format_number


def _person(request: StaffRequest, pk: int) -> User:
    user = staff_visible_to(request.user).filter(pk=pk).first()
    if user is None:
        raise Http404
    return user


def _handover(request: StaffRequest, pk: int, handover_pk: int) -> Handover:
    found = Handover.objects.select_related("leaver", "successor").filter(leaver=_person(request, pk), pk=handover_pk)
    handover = found.first()
    if handover is None:
        raise Http404
    return handover


@needs("users.edit")
@confirmed
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch an account off and give its open work away: to one person, or to the teams."""
    person = _person(request, pk)
    form = LeaveForm(request.POST or None, actor=request.user, leaver=person)
    if request.method == "POST" and form.is_valid():
        try:
            deactivate_staff(
                actor=request.user, user=person, successor=form.cleaned_data["successor"], by_team=form.by_team
            )
        except PermissionRefused:
            raise
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, str(_("%(name)s can no longer sign in.") % {"name": person.name}))
            return redirect("accounts:handover", person.pk, Handover.objects.filter(leaver=person).latest("pk").pk)
    return render(
        request, "accounts/staff_leave.html", {"form": form, "person": person, "open_work": open_work_of(person)}
    )


@needs("users.edit")
def handover(request: StaffRequest, pk: int, handover_pk: int) -> HttpResponse:
    """What went where when somebody left."""
    found = _handover(request, pk, handover_pk)
    return render(request, "accounts/handover.html", {"handover": found, "person": found.leaver})


@needs("users.edit")
@require_POST
@confirmed
def undo(request: StaffRequest, pk: int, handover_pk: int) -> HttpResponse:
    """Let the person sign in again and give back what the others still have."""
    found = _handover(request, pk, handover_pk)
    count = take_back(actor=request.user, handover=found)
    text = ngettext("%(count)s piece of work went back.", "%(count)s pieces of work went back.", count)
    messages.success(request, text % {"count": format_number(count, digits=request.reader.digits)})
    return redirect("accounts:handover", pk, handover_pk)
