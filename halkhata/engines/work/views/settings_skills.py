"""Skills, and what each person can do and when (A52.10)."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.engines.work.forms.people import ManyPeopleForm, PersonForm, SkillForm
from halkhata.engines.work.models import PersonSkill, Skill, SkillNeed
from halkhata.engines.work.policies import assignable
from halkhata.engines.work.selectors.people import people_rows
from halkhata.engines.work.services.people import change_people, save_person, save_skill
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader


@require_GET
@needs("settings.edit")
def skills(request: StaffRequest) -> HttpResponse:
    """All skills, who has them and which work asks for them."""
    rows = Skill.objects.prefetch_related(
        Prefetch("people", PersonSkill.objects.select_related("user")),
        Prefetch("needs", SkillNeed.objects.select_related("team")),
    )
    labels = dict(SkillForm().fields["categories"].choices)  # type: ignore[attr-defined]
    shown = [
        {
            "skill": skill,
            "people": [row.user.name for row in skill.people.all() if row.user.is_active],
            "needs": [need.team.name if need.team else labels.get(need.category, need.category)
                      for need in skill.needs.all()],
        }
        for skill in rows
    ]  # fmt: skip
    return render(request, "work/settings/skills.html", {"rows": shown})


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def skill_new(request: StaffRequest) -> HttpResponse:
    """A new skill."""
    return _edit_skill(request, None)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def skill_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a skill."""
    skill = Skill.objects.prefetch_related("needs").filter(pk=pk).first()
    if skill is None:
        raise NotFound("skill_not_found", _("There is no such skill."))
    return _edit_skill(request, skill)


def _edit_skill(request: StaffRequest, skill: Skill | None) -> HttpResponse:
    form = SkillForm(request.POST or None, initial=SkillForm.initial_of(skill) if skill else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_skill(actor=request.user, skill=skill, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("work:skills")
    context = {"skill": skill, "form": form}
    return render(request, "work/settings/skill.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def people(request: StaffRequest) -> HttpResponse:
    """Everybody with skills, load and shift; one change for those who are marked."""
    form = ManyPeopleForm(request.POST or None)
    reach = assignable(request.user)
    if request.method == "POST" and form.is_valid():
        marked = [int(pk) for pk in request.POST.getlist("person")[:500] if pk.isascii() and pk.isdigit()]
        chosen = list(reach.filter(pk__in=marked))
        if not chosen:
            form.add_error(None, _("Mark at least one person."))
        else:
            data = form.cleaned_data
            try:
                count = change_people(
                    actor=request.user,
                    users=chosen,
                    add=form.chosen("add"),
                    remove=form.chosen("remove"),
                    ceiling=data["ceiling"] or None,
                )
            except DomainError as error:
                form.take_error(error)
            else:
                shown = format_number(count, digits=current_reader().digits)
                text = ngettext("Changed for %(count)s person.", "Changed for %(count)s people.", count)
                messages.success(request, text % {"count": shown})
                return redirect("work:people")
    context = {"form": form, "rows": people_rows(reach, now())}
    return render(request, "work/settings/people.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """What one person can do, how much and when."""
    rows = assignable(request.user).prefetch_related("skills", "shifts").select_related("work_profile", "branch")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("person_not_found", _("There is nobody like that in your reach."))
    form = PersonForm(request.POST or None, initial=PersonForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            save_person(
                actor=request.user,
                user=found,
                skills=data["skills"],
                languages=data["languages"],
                ceiling=data["ceiling"] or None,
                week=form.week(),
            )
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("work:people")
    context: dict[str, Any] = {"person": found, "form": form}
    return render(request, "work/settings/person.html", context, status=422 if form.errors else 200)
