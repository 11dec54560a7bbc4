"""People with skills, load and shift, and their training, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from halkhata.engines.work.models import Absence, Course, CourseAttempt
from halkhata.engines.work.selectors.load import open_items_of
from halkhata.engines.work.selectors.staffing import Stretch, staffing
from halkhata.foundation.accounts.models import User, in_reader_language
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.days import day_at

EXPIRES_SOON = timedelta(days=30)
VALID, SOON, EXPIRED, FAILED, NEVER = "valid", "soon", "expired", "failed", "never"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list of people. ``share`` of the ceiling in per cent, 0 without one."""

    user: User
    skills: list[str]
    languages: frozenset[str]
    load: int
    ceiling: int | None
    share: int
    today: tuple[Stretch, ...]
    has_shifts: bool
    is_away: bool
    is_on_shift: bool

    @property
    def is_full(self) -> bool:
        """Gets no new work until something is done."""
        return self.ceiling is not None and self.load >= self.ceiling


def people_rows(people: QuerySet[User], at: datetime) -> list[PersonRow]:
    """The people with what assignment knows of them: four queries when the settings have not changed."""
    users = by_name(people.select_related("role", "branch"))
    ids = [user.pk for user in users]
    known, load = staffing(), open_items_of(ids)
    away = set(
        Absence.objects.filter(user_id__in=ids, starts_at__lte=at, ends_at__gt=at).values_list("user_id", flat=True)
    )
    rows = []
    for user in users:
        ceiling, week = known.ceilings.get(user.pk), known.shifts.get(user.pk)
        skills = [in_reader_language(*known.names[s]) for s in known.skills.get(user.pk, ()) if s in known.names]
        today = day_at(user.branch, at).weekday()
        rows.append(
            PersonRow(
                user=user,
                skills=sorted(skills),
                languages=known.languages.get(user.pk, frozenset()),
                load=load.get(user.pk, 0),
                ceiling=ceiling,
                share=min(100, load.get(user.pk, 0) * 100 // ceiling) if ceiling else 0,
                today=() if week is None else week.get(today, ()),
                has_shifts=week is not None,
                is_away=user.pk in away,
                is_on_shift=known.is_on_shift(user, at),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with a course. ``state``: valid, soon, expired, failed, never."""

    course: Course
    state: str
    until: date | None
    last: CourseAttempt | None


def standings(people: list[User], at: datetime) -> dict[int, list[Standing]]:
    """Everybody's standing with each course in use, in two queries. By user id, in the order of the courses."""
    courses = list(Course.objects.filter(is_active=True).prefetch_related("skills").order_by("pk"))
    rows = CourseAttempt.objects.filter(
        user_id__in=[user.pk for user in people], course__in=courses, corrected_by__isnull=True
    ).order_by("taken_on", "pk")
    tries: dict[tuple[int, int], list[CourseAttempt]] = {}
    for row in rows:
        tries.setdefault((row.user_id, row.course_id), []).append(row)
    found = {}
    for user in people:
        today = day_at(user.branch, at)
        found[user.pk] = [_standing(course, tries.get((user.pk, course.pk), []), today) for course in courses]
    return found


def _standing(course: Course, tries: list[CourseAttempt], today: date) -> Standing:
    if not tries:
        return Standing(course, NEVER, None, None)
    passes = [row for row in tries if row.passed]
    if not passes:
        return Standing(course, FAILED, None, tries[-1])
    best = max(passes, key=lambda row: row.valid_until or date.max)
    if best.valid_until is None:
        return Standing(course, VALID, None, best)
    if best.valid_until < today:
        return Standing(course, EXPIRED, best.valid_until, best)
    return Standing(course, SOON if best.valid_until <= today + EXPIRES_SOON else VALID, best.valid_until, best)


def attempts_of(user: User) -> QuerySet[CourseAttempt]:
    """All rows of a person, corrected ones too, newest first."""
    return (
        CourseAttempt.objects.filter(user=user)
        .select_related("course", "assessor", "corrected_by")
        .order_by("-taken_on", "-pk")
    )
