"""Who can do what, when and how much: read once and remembered until somebody writes it (A52.10, A51.13).

A few hundred rows at most, which every new piece of work asks for. They are kept in the process under the stamp that
the database gives their tables (stamped.py), as the shop's terms are; the caller brings the stamp with a query it makes
anyway. The value is shared by threads: nobody writes into it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from halkhata.engines.work.models import (
    Course,
    CourseAttempt,
    PersonSkill,
    Shift,
    Skill,
    SkillNeed,
    TermsStamp,
    WorkProfile,
)
from halkhata.engines.work.selectors.remembered import RememberedByStamp
from halkhata.foundation.accounts.models import User

Stretch = tuple[int, int]
# First and last day on which a pass counts; no last day: for good.
Span = tuple[date, date | None]


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """The people's side of assignment under one stamp."""

    names: dict[int, tuple[str, str]]
    of_team: dict[int, frozenset[int]]
    of_category: dict[str, frozenset[int]]
    skills: dict[int, frozenset[int]]
    ceilings: dict[int, int]
    languages: dict[int, frozenset[str]]
    shifts: dict[int, dict[int, tuple[Stretch, ...]]]
    courses: dict[int, frozenset[int]]
    passes: dict[tuple[int, int], tuple[Span, ...]]

    def needs(self, *, team_id: int | None, category: str) -> frozenset[int]:
        """Ids of the skills that work of this team and category asks for."""
        return self.of_team.get(team_id or 0, frozenset()) | self.of_category.get(category, frozenset())

    def is_on_shift(self, user: User, at: datetime) -> bool:
        """Whether ``at`` lies in one of the person's stretches; always for who has none."""
        week = self.shifts.get(user.pk)
        if week is None:
            return True
        local = at.astimezone(ZoneInfo(user.branch.time_zone))
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in week.get(local.weekday(), ()))

    def speaks(self, user_id: int, language: str) -> bool:
        """Whether the person speaks it; somebody of whom it is not known speaks everything."""
        known = self.languages.get(user_id)
        return not language or known is None or language in known

    def knows(self, user_id: int, needs: frozenset[int]) -> bool:
        """Whether the person has all of these skills."""
        return needs <= self.skills.get(user_id, frozenset())

    def is_trained(self, user_id: int, needs: Iterable[int], on: date) -> bool:
        """Whether, for each of the skills that a course unlocks, one such course is passed and valid on that day."""
        return all(
            any(self.has_pass(user_id, course, on) for course in self.courses[skill])
            for skill in needs
            if self.courses.get(skill)
        )

    def has_pass(self, user_id: int, course_id: int, on: date) -> bool:
        """Whether a pass of the course counts on that day."""
        spans = self.passes.get((user_id, course_id), ())
        return any(first <= on and (last is None or on <= last) for first, last in spans)


def staffing(stamp: str | None = None) -> Staffing:
    """The staffing as this transaction sees it. ``stamp``: the one read in this transaction; none: it is read here."""
    return _remembered.get(current_stamp() if stamp is None else stamp)


def current_stamp() -> str | None:
    """The stamp as this transaction sees it."""
    return TermsStamp.objects.values_list("value", flat=True).filter(pk=1).first()


def _read() -> Staffing:
    active = {row.pk: (row.name_bn, row.name_en) for row in Skill.objects.filter(is_active=True)}
    of_team: dict[int, set[int]] = defaultdict(set)
    of_category: dict[str, set[int]] = defaultdict(set)
    for skill_id, team_id, category in SkillNeed.objects.values_list("skill_id", "team_id", "category"):
        if skill_id not in active:
            continue
        if team_id is not None:
            of_team[team_id].add(skill_id)
        else:
            of_category[category].add(skill_id)
    profiles = list(WorkProfile.objects.values_list("user_id", "ceiling", "languages"))
    shifts: dict[int, dict[int, tuple[Stretch, ...]]] = defaultdict(dict)
    for row in Shift.objects.order_by("starts_minute"):
        week = shifts[row.user_id]
        week[row.weekday] = (*week.get(row.weekday, ()), (row.starts_minute, row.ends_minute))
    return Staffing(
        names=active,
        of_team=_frozen(of_team),
        of_category=_frozen(of_category),
        skills=_grouped(PersonSkill.objects.values_list("user_id", "skill_id")),
        ceilings={user_id: ceiling for user_id, ceiling, _spoken in profiles if ceiling is not None},
        languages={user_id: frozenset(spoken) for user_id, _ceiling, spoken in profiles if spoken},
        shifts=dict(shifts),
        courses=_grouped(
            Course.skills.through.objects.filter(course__is_active=True).values_list("skill_id", "course_id")
        ),
        passes=_passes(),
    )


def _passes() -> dict[tuple[int, int], tuple[Span, ...]]:
    found: dict[tuple[int, int], list[Span]] = defaultdict(list)
    standing = CourseAttempt.objects.filter(passed=True, corrected_by__isnull=True)
    for user_id, course_id, first, last in standing.values_list("user_id", "course_id", "taken_on", "valid_until"):
        found[user_id, course_id].append((first, last))
    return {key: tuple(spans) for key, spans in found.items()}


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, frozenset[Any]]:
    groups: dict[Any, set[Any]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return _frozen(groups)


def _frozen(groups: dict[Any, set[Any]]) -> dict[Any, frozenset[Any]]:
    return {key: frozenset(values) for key, values in groups.items()}


_remembered = RememberedByStamp(_read, current_stamp)
