"""The board of job cards: by state, technician and age; each number opens exactly its rows (A53.8)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from halkhata.desks.service.choices import IN_HOUSE, ON_THE_BENCH, JobState
from halkhata.desks.service.models import ServiceJob
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

# Days since intake: from, up to and with; None: without end.
AGES: dict[str, tuple[int, int | None]] = {"0-3": (0, 3), "4-7": (4, 7), "8-15": (8, 15), "16": (16, None)}
VIEWS: dict[str, tuple[str, ...]] = {
    "house": IN_HOUSE,
    "can_start": (JobState.DIAGNOSED,),
    "ready": (JobState.READY,),
    "delivered": (JobState.DELIVERED,),
    "cancelled": (JobState.CANCELLED,),
    "all": tuple(JobState.values),
}
FIRST_VIEW = "house"
MOST_CARDS = 400


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to."""

    view: str = FIRST_VIEW
    state: str = ""
    technician: int | None = None
    age: str = ""
    mine: bool = False


def board_rows(user: User, wanted: BoardFilter) -> QuerySet[ServiceJob]:
    """The cards, with unit, customer and the date that is promised; newest first."""
    rows = _narrowed(user, wanted).filter(state__in=(wanted.state,) if wanted.state else VIEWS[wanted.view])
    promise = DeliveryPromise.objects.filter(item=OuterRef("pk")).order_by("-pk")
    return rows.select_related("customer", "owner", "technician", "unit__product").annotate(
        promised_for=Subquery(promise.values("promised_for")[:1]), promise_state=Subquery(promise.values("state")[:1])
    )


def state_counts(user: User, wanted: BoardFilter) -> dict[str, int]:
    """How many cards stand in each state under the other filters. One query."""
    rows = _narrowed(user, wanted).order_by().values_list("state").annotate(count=Count("pk"))
    found = dict(rows)
    return {state.value: found.get(state.value, 0) for state in JobState}


def age_counts(user: User, wanted: BoardFilter) -> dict[str, int]:
    """How many cards on the bench are how old, under the other filters. One query."""
    rows = _narrowed(user, wanted, with_age=False).filter(state__in=ON_THE_BENCH)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    found = rows.aggregate(**{f"n{place}": Count("pk", filter=_age(name)) for place, name in enumerate(AGES)})
    return {name: found[f"n{place}"] for place, name in enumerate(AGES)}


def can_start(user: User) -> QuerySet[ServiceJob]:
    """Jobs that wait for nobody: the fault is found, approved where needed, and all parts are here (US-34 AC 3)."""
    rows = ServiceJob.objects.visible_to(user).filter(state=JobState.DIAGNOSED)
    rows = rows.exclude(part_requests__state="open")
    unpaid = Q(lines__removed_at__isnull=True, lines__charged__gt=0)
    approved = Q(estimates__state="approved", estimates__lines_version=F("lines_version"))
    charged = ServiceJob.objects.filter(unpaid).values("pk")
    agreed = ServiceJob.objects.filter(approved).values("pk")
    return rows.exclude(Q(pk__in=charged) & ~Q(pk__in=agreed)).select_related("customer", "unit__product", "technician")


def _narrowed(user: User, wanted: BoardFilter, *, with_age: bool = True) -> QuerySet[ServiceJob]:
    rows = ServiceJob.objects.visible_to(user)
    if wanted.technician is not None:
        rows = rows.filter(technician=wanted.technician)
    if wanted.mine:
        rows = rows.filter(Q(owner=user) | Q(technician=user))
    if wanted.age and with_age:
        rows = rows.filter(_age(wanted.age), state__in=ON_THE_BENCH)
    if wanted.view == "can_start" and not wanted.state:
        rows = rows.filter(pk__in=can_start(user).order_by().values("pk"))
    return rows


def _age(name: str) -> Q:
    first, last = AGES[name]
    at = now()
    condition = Q(opened_at__lte=at - timedelta(days=first))
    if last is not None:
        condition &= Q(opened_at__gt=at - timedelta(days=last + 1))
    return condition
