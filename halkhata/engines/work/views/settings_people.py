"""Who is away, and how teams share out their work (A52.10)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.engines.work.forms.calendars import AbsenceForm
from halkhata.engines.work.models import Absence, AssignmentCursor
from halkhata.engines.work.policies import assignable
from halkhata.engines.work.services.assignment import add_absence, remove_absence, set_method
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound

METHODS = (
    (AssignmentCursor.LEAST_LOADED, gettext_lazy("Whoever has least to do")),
    (AssignmentCursor.ROUND_ROBIN, gettext_lazy("In turn")),
    (AssignmentCursor.SKILL_FIRST, gettext_lazy("The narrowest specialist first")),
)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def absences(request: StaffRequest) -> HttpResponse:
    """Who is away now or later; note a new absence."""
    form = AbsenceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            add_absence(actor=request.user, **data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Noted: %(name)s is away and gets no new work.") % {"name": data["user"]})
            return redirect("work:absences")
    at = now()
    rows = Absence.objects.filter(ends_at__gt=at, user__in=assignable(request.user)).select_related("user")
    context = {"form": form, "absences": rows.order_by("starts_at", "pk")[:200], "now": at}
    return render(request, "work/settings/absences.html", context, status=422 if form.errors else 200)


@require_POST
@needs("settings.edit")
def absence_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an absence back."""
    absence = Absence.objects.select_related("user").filter(pk=pk, user__in=assignable(request.user)).first()
    if absence is None:
        raise NotFound("absence_not_found", _("There is no such absence."))
    remove_absence(actor=request.user, absence=absence)
    messages.success(request, _("Taken back."))
    return redirect("work:absences")


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def assignment(request: StaffRequest) -> HttpResponse:
    """How each team shares out new work."""
    teams = list(Team.objects.filter(is_active=True).select_related("branch", "assignment"))
    if request.method == "POST":
        team = next((row for row in teams if str(row.pk) == request.POST.get("team")), None)
        if team is None:
            raise NotFound("team_not_found", _("There is no such team."))
        set_method(actor=request.user, team=team, method=request.POST.get("method", ""))
        messages.success(request, _("Saved."))
        return redirect("work:assignment")
    rows = [
        {
            "team": team,
            "method": team.assignment.method if hasattr(team, "assignment") else AssignmentCursor.LEAST_LOADED,
        }
        for team in teams
    ]
    return render(request, "work/settings/assignment.html", {"rows": rows, "methods": METHODS})
