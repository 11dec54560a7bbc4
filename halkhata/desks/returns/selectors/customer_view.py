"""What a customer is shown of the own return: no names of staff, no notes, no other person's words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from halkhata.desks.returns.choices import SETTLING, Outcome, Stage
from halkhata.desks.returns.models import ReturnRequest
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import WorkEvent

_ROAD = (Stage.REQUESTED, Stage.APPROVED, Stage.RECEIVED, Stage.INSPECTING, Stage.DECIDED)


@dataclass(frozen=True)
class RoadStep:
    """One step of the way: done, now, or to come."""

    label: Any
    state: str


@dataclass(frozen=True)
class StoryLine:
    """When the return came to a stage."""

    at: datetime
    label: str


def steps_of(request: ReturnRequest) -> list[RoadStep]:
    """The way of a return as a customer sees it."""
    stage = Stage(request.stage)
    if stage == Stage.REJECTED or request.result in {Outcome.REFUSED, Outcome.WITHDRAWN}:
        return [RoadStep(Stage.REQUESTED.label, "done"), RoadStep(stage.label, "now")]
    road: list[Any] = list(_ROAD)
    if request.is_instant:
        road = [Stage.REQUESTED, Stage.APPROVED, Stage.DECIDED]
    last = Stage(request.result) if request.result in {one.value for one in SETTLING} else None
    road += [last] if last else []
    road.append(Stage.CLOSED)
    at = road.index(stage) if stage in road else road.index(Stage.APPROVED)
    return [
        RoadStep(one.label, "done" if index < at else "now" if index == at else "next")
        for index, one in enumerate(road)
    ]


def story_of(request: ReturnRequest) -> list[StoryLine]:
    """When it came to each stage. One query."""
    kinds = [WorkEventKind.OPENED, WorkEventKind.STATE_CHANGED, WorkEventKind.RESOLVED, WorkEventKind.REOPENED,
             WorkEventKind.CLOSED]  # fmt: skip
    rows = WorkEvent.objects.filter(item_id=request.pk, kind__in=kinds).order_by("at", "pk")
    lines = []
    for row in rows:
        stage = str(row.data.get("to") or row.data.get("state") or "")
        if stage in Stage.values:
            lines.append(StoryLine(row.at, str(Stage(stage).label)))
    return lines
