"""By when a customer who waits in vain will hear from us after all."""

from datetime import datetime, timedelta

from halkhata.engines.work.choices import ClockState, Metric
from halkhata.engines.work.models import SlaClock, WorkItem
from halkhata.engines.work.promise.clock import due_at
from halkhata.engines.work.promise.history import ClockKind
from halkhata.engines.work.selectors.promise_book import PromiseBook

# Where no answer is promised at this priority at all.
_ONE_DAY = timedelta(hours=8)


def running_promise(item: WorkItem, at: datetime) -> datetime | None:
    """What is promised already and still to come: the next answer, else the solution. None: every promise is broken."""
    running = SlaClock.objects.filter(item_id=item.pk, state=ClockState.RUNNING, due_at__gt=at).order_by("due_at")
    answers = running.exclude(metric=Metric.RESOLUTION).values_list("due_at", flat=True)
    return answers.first() or running.values_list("due_at", flat=True).first()


def fresh_promise(item: WorkItem, at: datetime) -> datetime:
    """A new time from ``at``: the time for an answer at the item's priority, counted in the hours of its promise."""
    terms = PromiseBook().terms_for(item)
    targets = terms.targets.get(item.priority)
    target = (targets and (targets.next_response or targets.first_response)) or _ONE_DAY
    due = due_at(at, *terms.in_force(ClockKind.NEXT_RESPONSE, at, target))
    assert due is not None  # only a pause without an end leaves a promise without a time
    return due
