"""Pages about teams."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.forms.structure import TeamForm
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import within_reach
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.teams import save_team
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import show_error


@needs("users.edit")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """The teams within reach, those in use first."""
    teams = (
        Team.objects.select_related("branch", "lead")
        .prefetch_related("members")
        .order_by("-is_active", "branch__path", "code")
    )
    rows = [team for team in teams if within_reach(request.user, team.branch)]
    return render(request, "accounts/teams.html", {"teams": rows})


@needs("users.edit")
def new(request: StaffRequest) -> HttpResponse:
    """Another team."""
    return _page(request, None)


@needs("users.edit")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a team."""
    team = Team.objects.select_related("branch").filter(pk=pk).first()
    if team is None or not within_reach(request.user, team.branch):
        raise Http404
    return _page(request, team)


def _page(request: StaffRequest, team: Team | None) -> HttpResponse:
    initial: dict[str, Any] = {"branch": request.user.branch_id}
    if team is not None:
        initial = {name: getattr(team, name) for name in ("name_bn", "name_en", "branch", "lead", "is_active")}
        initial["members"] = list(team.members.values_list("id", flat=True))
    form = TeamForm(request.POST or None, actor=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_team(actor=request.user, team=team, **form.cleaned_data)
        except DomainError as error:
            if error.code == "permission_refused":
                raise
            show_error(form, error)
        else:
            messages.success(request, str(_("Saved.")))
            return redirect("accounts:teams")
    return render(request, "accounts/team_form.html", {"form": form, "team": team})
