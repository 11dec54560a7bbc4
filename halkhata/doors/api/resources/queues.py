"""Queues: the ready ones and saved views, and the page of work behind each."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, QueryDict
from ninja import Path, Query, Router, Schema

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.shapes import PageOut, answers, listed, listing
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import SavedView, WorkItem
from halkhata.engines.work.selectors.filters import QueueFilters, filtered
from halkhata.engines.work.selectors.queue import PRESETS, saved_views
from halkhata.engines.work.services.views import view_for
from halkhata.foundation.core.clock import now

router = Router(tags=["queues"])
Code = Annotated[
    str, Path(max_length=40, pattern=r"^([a-z]+|view-[1-9][0-9]{0,17})$", description="`open`, `late`, … or `view-12`.")
]
ORDERS = {
    "due_at": Order(column="next_due_at", nullable=True),
    "-opened_at": Order(column="opened_at", descending=True),
}


class QueueOut(Schema):
    """A queue. `query` are its filters as the page's address has them."""

    code: str
    name: str
    query: str
    is_shared: bool
    is_own: bool


class Queues(Schema):
    """The ready queues, then the saved views."""

    items: list[QueueOut]


class QueueItemOut(Schema):
    """One piece of work: a ticket, a planned call, a recovery."""

    id: int
    number: str
    kind: str
    subject: str
    state: str
    state_flag: str
    priority: str
    channel: str
    customer_id: int | None
    branch_id: int
    team_id: int | None
    owner_id: int
    opened_at: datetime
    planned_at: datetime | None
    next_due_at: datetime | None
    is_late: bool
    escalation_level: int
    version: int


class QueueItemPage(PageOut):
    """A page of a queue."""

    items: list[QueueItemOut]


class QueueFilter(Page):
    """Which part of a queue. By due time what is paused (and so has none) comes last."""

    order: Literal["due_at", "-opened_at"] = "due_at"


@router.get("", response=listing(Queues), summary="List queues")
def list_queues(request: KeyRequest) -> dict[str, Any]:
    """The ready queues and the saved views that the key's user may use."""
    require_scope(request, "work.view")
    ready = [
        {"code": code, "name": str(label), "query": preset.query(), "is_shared": True, "is_own": False}
        for code, label, _icon, preset in PRESETS
    ]
    return {"items": ready + [_view_out(request, view) for view in saved_views(request.user)]}


@router.get("/{code}/items", response=answers({200: QueueItemPage, 304: None}, 404), summary="Show a queue's work")
def show_queue(request: KeyRequest, code: Code, filters: Query[QueueFilter]) -> dict[str, Any]:
    """The work of a queue, inside the reach of the key's user."""
    require_scope(request, "work.view")
    rows = filtered(request.user, _filters(request, code), now())
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), item_out)


def _filters(request: KeyRequest, code: str) -> QueueFilters:
    if code.startswith("view-"):
        view = view_for(request.user, int(code.removeprefix("view-")))
        return QueueFilters.read(QueryDict(view.query))
    found = next((preset for name, _label, _icon, preset in PRESETS if name == code), None)
    if found is None:
        raise Http404
    return found


def _view_out(request: KeyRequest, view: SavedView) -> dict[str, Any]:
    return {
        "code": f"view-{view.pk}",
        "name": view.name,
        "query": view.query,
        "is_shared": view.is_shared,
        "is_own": view.owner_id == request.user.pk,
    }


def item_out(item: WorkItem) -> dict[str, Any]:
    """The piece of work as it is answered."""
    names = (
        "id", "number", "kind", "subject", "state", "state_flag", "priority", "channel", "customer_id", "branch_id",
        "team_id", "owner_id", "opened_at", "planned_at", "next_due_at", "escalation_level", "version",
    )  # fmt: skip
    late = item.state_flag != StateFlag.RESOLVED and item.next_due_at is not None and item.next_due_at < now()
    return {**{name: getattr(item, name) for name in names}, "is_late": late}
