"""Reports: the same numbers as the pages, inside the reach of the key's user."""

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.problems import ApiProblem
from halkhata.doors.api.shapes import Count, Id, listing
from halkhata.oversight.analytics.periods import read_period
from halkhata.oversight.analytics.selectors.promise_filters import PromiseFilters
from halkhata.oversight.analytics.selectors.promise_report import promise_report
from halkhata.oversight.analytics.written import promise_report_data

router = Router(tags=["reports"])
Percent = Annotated[float, Field(ge=0, le=100)]
_DAY = r"^\d{4}-\d{2}-\d{2}$"


class TallyOut(Schema):
    """How many promises stand where. `kept_percent`: kept out of kept and broken, null while none is decided."""

    total: Count
    kept_percent: Percent | None
    met: Count
    met_percent: Percent | None
    breached: Count
    breached_percent: Percent | None
    running: Count
    running_percent: Percent | None
    paused: Count
    paused_percent: Percent | None


class TotalsOut(Schema):
    """The same for all promises together and for each kind."""

    all: TallyOut
    first: TallyOut
    next: TallyOut
    resolution: TallyOut


class LineOut(TotalsOut):
    """One line of the breakdown; `key` is an id, a channel or a month, null for "none"."""

    key: str | None
    name: str


class DelayReasonOut(Schema):
    """How many broken promises had this reason; `code` is null where nobody has said why."""

    code: str | None
    name: str
    count: Count
    percent: Percent


class SlaReportOut(Schema):
    """How promises were kept. The lines add up to the total."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from", serialization_alias="from")
    to: str
    time_zone: str
    by: str
    total: TotalsOut
    lines: list[LineOut]
    delay_reasons: list[DelayReasonOut]


class SlaReportQuery(Schema):
    """Which days and which part of the shop. Days are those of the shop's zone, both counted."""

    period: Literal["this-month", "last-month", "last-90-days"] = "this-month"
    from_: str | None = Field(None, alias="from", pattern=_DAY, description="With `to` instead of `period`.")
    to: str | None = Field(None, pattern=_DAY)
    by: Literal["team", "person", "branch", "category", "channel", "policy", "month"] = "team"
    branch_id: Id | None = None
    team_id: Id | None = None
    person_id: Id | None = None
    category_id: Id | None = None


@router.get("/sla", response=listing(SlaReportOut), by_alias=True, summary="How promises were kept")
def show_sla_report(request: KeyRequest, filters: Query[SlaReportQuery]) -> dict[str, Any]:
    """Promises that began in these days, on work inside the reach of the key's user."""
    require_scope(request, "report.view")
    period, trouble = read_period({"period": filters.period, "from": filters.from_, "to": filters.to})
    if trouble:
        raise ApiProblem("invalid_input", errors=[{"at": "query.from", "message": str(trouble)}])
    wanted = PromiseFilters(
        **{
            name: str(value)
            for name, value in (
                ("branch", filters.branch_id),
                ("team", filters.team_id),
                ("person", filters.person_id),
                ("category", filters.category_id),
            )
            if value is not None
        }
    )
    report = promise_report(request.user, period, wanted, filters.by)
    return promise_report_data(request.user, report, wanted)
