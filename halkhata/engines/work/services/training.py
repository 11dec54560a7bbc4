"""Courses and who has passed them: what may be assigned to whom by itself (A51.13)."""

import calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import Course, CourseAttempt, Skill
from halkhata.engines.work.policies import can_train, trainable
from halkhata.engines.work.selectors.ladder import manager_of
from halkhata.engines.work.services.notifications import notify
from halkhata.engines.work.services.people import free_code
from halkhata.engines.work.services.settings_changed import must_edit_settings
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text

WARN_DAYS = 30


@transaction.atomic
def save_course(
    *,
    actor: Actor,
    course: Course | None,
    name_bn: str = "",
    name_en: str = "",
    skills: Iterable[Skill] = (),
    pass_mark: int = 60,
    months_valid: int | None = 12,
    about: str = "",
    is_active: bool = True,
) -> Course:
    """Make a course or change one. What was passed before stays passed, for as long as it was to count.

    Raises PermissionRefused; DomainError ``no_name``, ``bad_pass_mark``, ``bad_months``.
    """
    must_edit_settings(actor)
    names = {"name_bn": clean_text(name_bn, max_length=120), "name_en": clean_text(name_en, max_length=120)}
    if not any(names.values()):
        raise DomainError("no_name", _("Write a name in at least one language."), field="name_bn")
    if not 1 <= pass_mark <= 100:
        raise DomainError("bad_pass_mark", _("The pass mark lies between 1 and 100."), field="pass_mark")
    if months_valid is not None and not 1 <= months_valid <= 120:
        raise DomainError("bad_months", _("A course counts for 1 to 120 months, or for good."), field="months_valid")
    before = None if course is None else _course_state(course)
    if course is None:
        course = Course(code=free_code(Course, names["name_en"] or "course"))
    for name, value in {**names, "pass_mark": pass_mark, "months_valid": months_valid, "is_active": is_active}.items():
        setattr(course, name, value)
    course.about = clean_text(about, multiline=True)[:5000]
    course.save()
    course.skills.set(skills)
    record(actor=actor, action="work.course", record=course, before=before, after=_course_state(course))
    return course


def _course_state(course: Course) -> dict[str, Any]:
    return {
        "name": course.name_en or course.name_bn,
        "skills": sorted(course.skills.values_list("code", flat=True)),
        "pass_mark": course.pass_mark,
        "months_valid": course.months_valid,
        "is_active": course.is_active,
    }


@transaction.atomic
def record_attempt(
    *,
    actor: User,
    course: Course,
    user: User,
    taken_on: date,
    score: int,
    note: str = "",
    corrects: CourseAttempt | None = None,
) -> CourseAttempt:
    """Write down a try at a course; with ``corrects`` in the place of an earlier row, which then counts no more.

    Whoever writes it is the assessor. Raises PermissionRefused; DomainError ``own_training``, ``bad_score``,
    ``in_the_future``, ``other_course``; Conflict ``corrected_already``.
    """
    if not can_train(actor) or not trainable(actor).filter(pk=user.pk).exists():
        raise PermissionRefused("training_refused", _("You may not keep this person's training record."))
    if actor.pk == user.pk:
        raise DomainError("own_training", _("Nobody marks their own training. Ask somebody else."), field="user")
    if not 0 <= score <= 100:
        raise DomainError("bad_score", _("Write a score from 0 to 100."), field="score")
    if taken_on > day_at(user.branch):
        raise DomainError("in_the_future", _("This day is still to come."), field="taken_on")
    if corrects is not None and (corrects.user_id, corrects.course_id) != (user.pk, course.pk):
        raise DomainError("other_course", _("That row is about another person or course."), field="course")
    passed = score >= course.pass_mark
    try:
        with transaction.atomic():
            attempt = CourseAttempt.objects.create(
                course=course,
                user=user,
                taken_on=taken_on,
                score=score,
                pass_mark=course.pass_mark,
                passed=passed,
                valid_until=last_day(taken_on, course.months_valid) if passed else None,
                assessor=actor,
                note=clean_text(note, max_length=200),
                corrects=corrects,
                created_at=now(),
                is_demo=user.is_demo,
            )
    except IntegrityError as error:
        raise Conflict("corrected_already", _("Somebody has corrected this row already.")) from error
    record(
        actor=actor,
        action="work.training",
        record=attempt,
        after={
            "course": course.name_en or course.name_bn,
            "user": user,
            "score": score,
            "passed": passed,
            "valid_until": attempt.valid_until,
            "corrects": corrects.pk if corrects else None,
        },
    )
    notify(
        user=user,
        verb="training.recorded",
        data={"course": [course.name_bn, course.name_en], "score": score, "passed": passed},
        cause=f"training:{attempt.pk}",
    )
    return attempt


def last_day(taken_on: date, months: int | None) -> date | None:
    """The last day on which a pass of ``taken_on`` counts: the day before the same day so many months later."""
    if months is None:
        return None
    years, month = divmod(taken_on.month - 1 + months, 12)
    year, month = taken_on.year + years, month + 1
    # A 31st that the month does not have is its last day.
    same_day = date(year, month, min(taken_on.day, calendar.monthrange(year, month)[1]))
    return same_day - timedelta(days=1)


def warn_of_expiry(at: datetime) -> int:
    """Tell the person and the lead of passes that end within WARN_DAYS and are not renewed. Returns passes told of.

    Each pass once, however often it runs.
    """
    today = at.date()
    ending = (
        CourseAttempt.objects.filter(
            passed=True,
            corrected_by__isnull=True,
            course__is_active=True,
            user__is_active=True,
            # A day of leeway on either side: the day of the person's zone is asked below.
            valid_until__range=(today - timedelta(days=1), today + timedelta(days=WARN_DAYS + 1)),
        )
        .select_related("course", "user__branch", "user__role")
        .prefetch_related("user__teams__lead")
        .order_by("pk")
    )
    rows = list(ending)
    best = _best_until({row.user_id for row in rows})
    told = 0
    for row in rows:
        local = day_at(row.user.branch, at)
        until = row.valid_until
        if until is None or not local <= until <= local + timedelta(days=WARN_DAYS):
            continue
        if best[row.user_id, row.course_id] > until:
            continue  # renewed
        _tell(row, until, at)
        told += 1
    return told


def _tell(row: CourseAttempt, until: date, at: datetime) -> None:
    data = {"course": [row.course.name_bn, row.course.name_en], "until": until.isoformat()}
    cause = f"training-ends:{row.pk}"
    notify(user=row.user, verb="training.ends", data=data, cause=cause)
    leads = {team.lead for team in row.user.teams.all() if team.is_active and team.lead} - {row.user}
    if not leads:
        manager = manager_of(row.user.branch, at)
        leads = {manager} - {row.user} if manager is not None else set()
    for lead in leads:
        notify(user=lead, verb="training.ends_of", data={**data, "person": row.user.audit_label}, cause=cause)


def _best_until(user_ids: set[int]) -> dict[tuple[int, int], date]:
    best: dict[tuple[int, int], date] = {}
    standing = CourseAttempt.objects.filter(passed=True, corrected_by__isnull=True, user_id__in=user_ids)
    for user_id, course_id, until in standing.values_list("user_id", "course_id", "valid_until"):
        key = (user_id, course_id)
        best[key] = max(best.get(key, date.min), until or date.max)
    return best
