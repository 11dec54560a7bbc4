"""Teams of the branches inside the key's reach."""

from typing import Any, Literal

from ninja import Query, Router, Schema

from halkhata.doors.api.auth import KeyRequest
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import team_of
from halkhata.doors.api.shapes import Id, IdPath, PageOut, listed, listing, read
from halkhata.foundation.accounts.models import Team
from halkhata.records.customers.policies import branches_open_to

router = Router(tags=["teams"])
ORDERS = {"id": Order(column="pk")}


class TeamOut(Schema):
    """A department of a branch."""

    id: int
    code: str
    name_bn: str
    name_en: str
    branch_id: int
    lead_id: int | None


class TeamPage(PageOut):
    """A page of teams."""

    items: list[TeamOut]


class TeamFilters(Page):
    """Which teams."""

    branch_id: Id | None = None
    order: Literal["id"] = "id"


@router.get("", response=listing(TeamPage), summary="List teams")
def list_teams(request: KeyRequest, filters: Query[TeamFilters]) -> dict[str, Any]:
    """Active teams. Any valid key may ask."""
    rows = Team.objects.filter(is_active=True, branch__in=branches_open_to(request.user))
    if filters.branch_id is not None:
        rows = rows.filter(branch_id=filters.branch_id)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), team_out)


@router.get("/{team_id}", response=read(TeamOut), summary="Show a team")
def show_team(request: KeyRequest, team_id: IdPath) -> dict[str, Any]:
    """One team."""
    return team_out(team_of(request, team_id))


def team_out(team: Team) -> dict[str, Any]:
    """The team as it is answered."""
    return {name: getattr(team, name) for name in ("id", "code", "name_bn", "name_en", "branch_id", "lead_id")}
