"""What people can do: the shop's list of skills, and each person's skills, languages, ceiling and shifts (A52.10)."""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import PersonSkill, Shift, Skill, SkillNeed, WorkProfile
from halkhata.engines.work.policies import assignable
from halkhata.engines.work.promise.calendar import Hours
from halkhata.engines.work.services.settings_changed import must_edit_settings
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core import free_codes
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text

# Hours of the seven days, Monday first; all empty: no shifts, works whenever there is work.
Week = Sequence[Hours]
CEILING = range(1, 1000)


@transaction.atomic
def save_skill(
    *,
    actor: Actor,
    skill: Skill | None,
    name_bn: str = "",
    name_en: str = "",
    is_active: bool = True,
    teams: Iterable[Team] = (),
    categories: Collection[str] = (),
) -> Skill:
    """Make a skill or change one, and say which work asks for it. Raises PermissionRefused, DomainError ``no_name``."""
    must_edit_settings(actor)
    names = {"name_bn": clean_text(name_bn, max_length=120), "name_en": clean_text(name_en, max_length=120)}
    if not any(names.values()):
        raise DomainError("no_name", _("Write a name in at least one language."), field="name_bn")
    before = None if skill is None else _skill_state(skill)
    if skill is None:
        skill = Skill(code=free_code(Skill, names["name_en"] or "skill"), position=Skill.objects.count() + 1)
    skill.name_bn, skill.name_en, skill.is_active = names["name_bn"], names["name_en"], is_active
    skill.save()
    SkillNeed.objects.filter(skill=skill).delete()
    SkillNeed.objects.bulk_create(
        [
            *(SkillNeed(skill=skill, team=team) for team in teams),
            *(SkillNeed(skill=skill, category=code[:40]) for code in sorted(set(categories))),
        ]
    )
    record(actor=actor, action="work.skill", record=skill, before=before, after=_skill_state(skill))
    return skill


def _skill_state(skill: Skill) -> dict[str, Any]:
    needs = SkillNeed.objects.filter(skill=skill)
    return {
        "name": skill.name_en or skill.name_bn,
        "is_active": skill.is_active,
        "teams": sorted(needs.filter(team__isnull=False).values_list("team__code", flat=True)),
        "categories": sorted(needs.exclude(category="").values_list("category", flat=True)),
    }


def free_code(model: Any, name: str) -> str:
    """A code made of ``name`` that no row of the model has yet."""
    return free_codes.free_code(model, slugify(name)[:32] or model._meta.model_name)


@transaction.atomic
def save_person(
    *,
    actor: User,
    user: User,
    skills: Iterable[Skill],
    languages: Collection[str],
    ceiling: int | None,
    week: Week,
) -> None:
    """Set what one person can do and when. Raises PermissionRefused; DomainError ``bad_ceiling``, ``bad_language``."""
    _may(actor, [user])
    before = person_state(user)
    _write_skills(user, add=skills, remove=None)
    _write_profile(user, languages=languages, ceiling=ceiling)
    _write_week(user, week)
    record(actor=actor, action="work.person", record=user, before=before, after=person_state(user))


@transaction.atomic
def change_people(
    *,
    actor: User,
    users: Sequence[User],
    add: Collection[Skill] = (),
    remove: Collection[Skill] = (),
    ceiling: int | None = None,
    languages: Collection[str] | None = None,
    week: Week | None = None,
) -> int:
    """Change several people at once: all of them or, when one is out of reach, none. Returns how many.

    What is None stays as each person has it. Raises as ``save_person``.
    """
    _may(actor, users)
    for user in users:
        before = person_state(user)
        _write_skills(user, add=add, remove=remove)
        if ceiling is not None or languages is not None:
            known = WorkProfile.objects.filter(user=user).first() or WorkProfile(user=user)
            _write_profile(
                user,
                languages=known.languages if languages is None else languages,
                ceiling=known.ceiling if ceiling is None else ceiling,
            )
        if week is not None:
            _write_week(user, week)
        record(actor=actor, action="work.person", record=user, before=before, after=person_state(user))
    return len(users)


def person_state(user: User) -> dict[str, Any]:
    """What is set for a person, as the audit trail keeps it."""
    known = WorkProfile.objects.filter(user=user).first()
    return {
        "skills": sorted(PersonSkill.objects.filter(user=user).values_list("skill__code", flat=True)),
        "languages": sorted(known.languages) if known else [],
        "ceiling": known.ceiling if known else None,
        "shifts": [f"{row.weekday} {row.starts_minute}-{row.ends_minute}" for row in Shift.objects.filter(user=user)],
    }


def _write_skills(user: User, *, add: Iterable[Skill], remove: Collection[Skill] | None) -> None:
    """``remove`` None: exactly ``add`` is left."""
    rows = PersonSkill.objects.filter(user=user)
    wanted = {skill.pk for skill in add}
    if remove is None:
        rows.exclude(skill_id__in=wanted).delete()
    elif remove:
        rows.filter(skill_id__in=[skill.pk for skill in remove]).delete()
    known = set(PersonSkill.objects.filter(user=user).values_list("skill_id", flat=True))
    PersonSkill.objects.bulk_create(PersonSkill(user=user, skill_id=pk) for pk in sorted(wanted - known))


def _write_profile(user: User, *, languages: Collection[str], ceiling: int | None) -> None:
    if ceiling is not None and ceiling not in CEILING:
        raise DomainError("bad_ceiling", _("Write a number from 1 to 999, or leave it empty."), field="ceiling")
    if not set(languages) <= set(Language.values):
        raise DomainError("bad_language", _("Choose languages from the list."), field="languages")
    WorkProfile.objects.update_or_create(user=user, defaults={"ceiling": ceiling, "languages": sorted(set(languages))})


def _write_week(user: User, week: Week) -> None:
    rows = [
        Shift(user=user, weekday=day, starts_minute=start, ends_minute=end)
        for day, hours in enumerate(week)
        for start, end in hours
    ]
    for earlier, later in pairwise(rows):
        if earlier.weekday == later.weekday and later.starts_minute < earlier.ends_minute:
            raise DomainError("hours_overlap", _("The hours of a day overlap."), field=f"day_{later.weekday}")
    Shift.objects.filter(user=user).delete()
    Shift.objects.bulk_create(rows)


def _may(actor: User, users: Sequence[User]) -> None:
    must_edit_settings(actor)
    ids = {user.pk for user in users}
    if assignable(actor).filter(pk__in=ids).count() != len(ids):
        raise PermissionRefused("people_out_of_reach", _("Some of these people are not in your reach."))
