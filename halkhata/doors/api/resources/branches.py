"""Branches inside the key's reach."""

from typing import Any, Literal

from ninja import Query, Router, Schema

from halkhata.doors.api.auth import KeyRequest
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import branch_of
from halkhata.doors.api.shapes import IdPath, PageOut, listed, listing, read
from halkhata.foundation.accounts.models import Branch
from halkhata.records.customers.policies import branches_open_to

router = Router(tags=["branches"])
ORDERS = {"id": Order(column="pk")}


class BranchOut(Schema):
    """A shop, service point or head office."""

    id: int
    parent_id: int | None
    code: str
    name_bn: str
    name_en: str
    phone: str
    address: str
    time_zone: str
    country: str


class BranchPage(PageOut):
    """A page of branches."""

    items: list[BranchOut]


class BranchFilters(Page):
    """Which part of the list."""

    order: Literal["id"] = "id"


@router.get("", response=listing(BranchPage), summary="List branches")
def list_branches(request: KeyRequest, filters: Query[BranchFilters]) -> dict[str, Any]:
    """Active branches inside the key's reach. Any valid key may ask."""
    rows = branches_open_to(request.user)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), branch_out)


@router.get("/{branch_id}", response=read(BranchOut), summary="Show a branch")
def show_branch(request: KeyRequest, branch_id: IdPath) -> dict[str, Any]:
    """One branch."""
    return branch_out(branch_of(request, branch_id))


def branch_out(branch: Branch) -> dict[str, Any]:
    """The branch as it is answered."""
    names = ("id", "parent_id", "code", "name_bn", "name_en", "phone", "address", "time_zone", "country")
    return {name: getattr(branch, name) for name in names}
