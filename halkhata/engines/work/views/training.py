"""Courses, and the training record of each person (A51.13)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.engines.work.forms.people import AttemptForm, CourseForm
from halkhata.engines.work.models import Course, CourseAttempt
from halkhata.engines.work.policies import trainable
from halkhata.engines.work.selectors.people import attempts_of, standings
from halkhata.engines.work.services.training import record_attempt, save_course
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.templatetags.halkhata import localdate


@require_GET
@needs("settings.edit")
def courses(request: StaffRequest) -> HttpResponse:
    """All courses."""
    return render(request, "work/settings/courses.html", {"rows": Course.objects.prefetch_related("skills")})


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def course_new(request: StaffRequest) -> HttpResponse:
    """A new course."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def course_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a course; what was passed keeps its time."""
    course = Course.objects.prefetch_related("skills").filter(pk=pk).first()
    if course is None:
        raise NotFound("course_not_found", _("There is no such course."))
    return _edit(request, course)


def _edit(request: StaffRequest, course: Course | None) -> HttpResponse:
    initial = CourseForm.initial_of(course) if course else {"pass_mark": 60, "months_valid": 12}
    form = CourseForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "months_valid": form.cleaned_data["months_valid"] or None}
        try:
            save_course(actor=request.user, course=course, **data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("work:courses")
    context = {"course": course, "form": form}
    return render(request, "work/settings/course.html", context, status=422 if form.errors else 200)


@require_GET
@needs("training.edit")
def overview(request: StaffRequest) -> HttpResponse:
    """Who has which course, for everybody in reach."""
    people = list(trainable(request.user))
    found = standings(people, now())
    rows = [{"person": person, "standings": found[person.pk]} for person in people]
    names = [standing.course for standing in found[people[0].pk]] if people else []
    return render(
        request,
        "work/training.html",
        {"rows": rows, "courses": names, "can_make_course": request.user.may("settings.edit")},
    )


@require_GET
@needs()
def mine(request: StaffRequest) -> HttpResponse:
    """One's own courses and tries."""
    return _record_page(request, request.user, form=None)


@require_http_methods(["GET", "POST"])
@needs("training.edit")
def record(request: StaffRequest, pk: int) -> HttpResponse:
    """The record of one person; write down a try."""
    person = trainable(request.user).filter(pk=pk).first()
    if person is None:
        raise NotFound("person_not_found", _("There is nobody like that in your reach."))
    if person.pk == request.user.pk:
        return redirect("work:my_training")
    rows = [row for row in attempts_of(person) if not hasattr(row, "corrected_by")]
    form = AttemptForm(request.POST or None, attempts=rows, shown=_line_of)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        corrected = next((row for row in rows if row.pk == data["corrects"]), None)
        try:
            record_attempt(actor=request.user, user=person, **{**data, "corrects": corrected})
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Written down."))
            return redirect("work:training_of", person.pk)
    return _record_page(request, person, form=form)


def _line_of(row: CourseAttempt) -> str:
    return f"{row.course.name} · {localdate(row.taken_on, 'short')}"


def _record_page(request: StaffRequest, person: User, *, form: AttemptForm | None) -> HttpResponse:
    context: dict[str, Any] = {
        "person": person,
        "is_own": person.pk == request.user.pk,
        "standings": standings([person], now())[person.pk],
        "attempts": attempts_of(person)[:200],
        "form": form,
    }
    return render(
        request, "work/training_record.html", context, status=422 if form is not None and form.errors else 200
    )
