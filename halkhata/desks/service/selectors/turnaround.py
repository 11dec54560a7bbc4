"""Turn-around: intake to ready in business hours, with the waiting split by whose time it was (A53.8, US-14 AC 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from halkhata.desks.service.models import ServiceJob
from halkhata.engines.work.choices import Side
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.selectors.stage_times import StageTimes, stage_times
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import now

DAYS = 90
MOST_JOBS = 1_000
_NOTHING = timedelta(0)


@dataclass
class TurnAround:
    """The average of one kind of product, or of one branch."""

    key: str
    label: str
    jobs: int = 0
    sides: dict[Side, timedelta] = field(default_factory=lambda: dict.fromkeys(Side, _NOTHING))
    in_time: int = 0
    judged: int = 0

    def add(self, times: StageTimes, target: timedelta | None) -> None:
        """Count one job in. ``target``: what was promised for it, in business hours."""
        self.jobs += 1
        for side, span in times.sides.items():
            self.sides[side] += span.working
        if target is not None:
            self.judged += 1
            ours = times.sides[Side.OURS].working + times.sides[Side.INTERNAL].working
            self.in_time += ours <= target

    def average(self, *sides: Side) -> timedelta:
        """The average working time of these sides; of all but the time after "ready" for none."""
        wanted = sides or (Side.OURS, Side.INTERNAL, Side.CUSTOMER, Side.MANUFACTURER)
        return sum((self.sides[side] for side in wanted), _NOTHING) / self.jobs if self.jobs else _NOTHING

    @property
    def whole(self) -> timedelta:
        """Intake to ready."""
        return self.average()

    @property
    def ours(self) -> timedelta:
        """What of it was our time."""
        return self.average(Side.OURS, Side.INTERNAL)

    @property
    def customers(self) -> timedelta:
        """Waiting for the customer's approval."""
        return self.average(Side.CUSTOMER)

    @property
    def manufacturers(self) -> timedelta:
        """Waiting for parts."""
        return self.average(Side.MANUFACTURER)

    @property
    def share_in_time(self) -> int | None:
        """How many of a hundred were ready within the target of their kind; None when none has a target."""
        return round(100 * self.in_time / self.judged) if self.judged else None


def turn_arounds(user: User, *, by: str = "category", days: int = DAYS) -> list[TurnAround]:
    """Averages of what became ready within ``days``, by kind of product or by branch; the newest jobs count."""
    rows = (
        ServiceJob.objects.visible_to(user)
        .filter(resolved_at__gt=now() - timedelta(days=days), state__in=("ready", "delivered"))
        .select_related("branch", "unit__product__kind")
        .order_by("-resolved_at")[:MOST_JOBS]
    )
    return _averages(list(rows), by)


def branch_turn_around(branch: Branch, *, days: int = DAYS) -> TurnAround | None:
    """The average of one service point, as customers may read it; None while there are fewer than three jobs."""
    rows = (
        ServiceJob.objects.filter(
            branch=branch, resolved_at__gt=now() - timedelta(days=days), state__in=("ready", "delivered")
        )
        .select_related("branch", "unit__product__kind")
        .order_by("-resolved_at")[:200]
    )
    found = _averages(list(rows), "branch")
    return found[0] if found and found[0].jobs >= 3 else None


def _averages(jobs: Sequence[ServiceJob], by: str) -> list[TurnAround]:
    times = stage_times([job.pk for job in jobs])
    book = PromiseBook()
    book.learn(jobs)
    sums: dict[str, TurnAround] = {}
    for job in jobs:
        if by == "branch":
            key, label = str(job.branch_id), job.branch.name
        else:
            key, label = job.category_code, job.unit.product.kind.name
        target = book.terms_for(job).targets.get(job.priority)
        sums.setdefault(key, TurnAround(key, label)).add(times[job.pk], target.resolution if target else None)
    return sorted(sums.values(), key=lambda one: -one.jobs)
