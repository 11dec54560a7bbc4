"""Staff: who is who, by id and name. No sign-in names, addresses or numbers."""

from datetime import date
from typing import Any, Literal

from ninja import Query, Router, Schema

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import person_of
from halkhata.doors.api.shapes import Id, IdPath, PageOut, listed, listing, read
from halkhata.engines.work.selectors.people import standings
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.policies import staff_visible_to
from halkhata.foundation.core.clock import now

router = Router(tags=["staff"])
ORDERS = {"id": Order(column="pk")}


class PersonOut(Schema):
    """A member of staff."""

    id: int
    name_bn: str
    name_en: str
    role: str
    branch_id: int
    team_ids: list[int]
    is_active: bool


class StaffPage(PageOut):
    """A page of staff."""

    items: list[PersonOut]


class StaffFilters(Page):
    """Which members of staff."""

    branch_id: Id | None = None
    team_id: Id | None = None
    is_active: bool | None = None
    order: Literal["id"] = "id"


@router.get("", response=listing(StaffPage), summary="List staff")
def list_staff(request: KeyRequest, filters: Query[StaffFilters]) -> dict[str, Any]:
    """Members of staff inside the key's reach. Any valid key may ask."""
    rows = staff_visible_to(request.user).prefetch_related("teams")
    if filters.branch_id is not None:
        rows = rows.filter(branch_id=filters.branch_id)
    if filters.team_id is not None:
        rows = rows.filter(teams=filters.team_id)
    if filters.is_active is not None:
        rows = rows.filter(is_active=filters.is_active)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), person_out)


@router.get("/{user_id}", response=read(PersonOut), summary="Show a member of staff")
def show_person(request: KeyRequest, user_id: IdPath) -> dict[str, Any]:
    """One member of staff."""
    return person_out(person_of(request, user_id))


class StandingOut(Schema):
    """How somebody stands with a course: `valid`, `soon` (ends within 30 days), `expired`, `failed`, `never`."""

    course: str
    name_bn: str
    name_en: str
    state: Literal["valid", "soon", "expired", "failed", "never"]
    valid_until: date | None
    skills: list[str]


class TrainingOut(Schema):
    """The training record of a person."""

    items: list[StandingOut]


@router.get("/{user_id}/training", response=read(TrainingOut), summary="Show somebody's training")
def show_training(request: KeyRequest, user_id: IdPath) -> dict[str, Any]:
    """The person's standing with each course in use. Needs `training.edit`."""
    require_scope(request, "training.edit")
    person = person_of(request, user_id)
    return {
        "items": [
            {
                "course": one.course.code,
                "name_bn": one.course.name_bn,
                "name_en": one.course.name_en,
                "state": one.state,
                "valid_until": one.until,
                "skills": sorted(skill.code for skill in one.course.skills.all()),
            }
            for one in standings([person], now())[person.pk]
        ]
    }


def person_out(person: User) -> dict[str, Any]:
    """The person as answered: only what a colleague sees on every ticket."""
    return {
        "id": person.pk,
        "name_bn": person.name_bn,
        "name_en": person.name_en,
        "role": person.role.code,
        "branch_id": person.branch_id,
        "team_ids": sorted(team.pk for team in person.teams.all()),
        "is_active": person.is_active,
    }
