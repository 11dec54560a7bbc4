"""Scheduler and workers: that they live, and that nothing has got stuck."""

from datetime import datetime, timedelta

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.schedule import TIMETABLE
from halkhata.doors.cli.health.finding import Finding
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import EventDelivery, Job, ScheduleLine
from halkhata.foundation.core.templatetags.halkhata import duration, num

# The timetable's quickest line fires every five seconds, and a worker with nothing to do starts a job within one.
SILENCE = timedelta(seconds=60)


def _ago(last: datetime | None) -> str:
    if last is None:
        return _("never ran")
    return _("last seen %(span)s ago") % {"span": duration(max(timedelta(0), now() - last))}


def scheduler() -> Finding:
    """Whether a scheduler hands out due work."""
    last = ScheduleLine.objects.order_by("-fired_at").values_list("fired_at", flat=True).first()
    alive = last is not None and now() - last < SILENCE
    return Finding(name="scheduler", label=_("Scheduler"), ok=alive, detail=_ago(last), values={"last_seen_at": last})


def worker() -> Finding:
    """Whether a worker finishes work, or holds some with its heart beating."""
    last = Job.objects.filter(state=Job.DONE).order_by("-finished_at").values_list("finished_at", flat=True).first()
    at = now()
    running = Job.objects.filter(state=Job.RUNNING, lease_until__gt=at).count()
    waiting = Job.objects.filter(state=Job.READY, run_after__lte=at).count()
    alive = bool(running) or (last is not None and at - last < SILENCE)
    detail = _ago(last)
    if waiting:
        words = ngettext("%(count)s job waits", "%(count)s jobs wait", waiting) % {"count": num(waiting)}
        detail = f"{detail}; {words}"
    values = {"last_seen_at": last, "running": running, "waiting": waiting}
    return Finding(name="worker", label=_("Worker"), ok=alive, detail=detail, values=values)


def stuck_work() -> Finding:
    """Jobs and events that were given up after their last try."""
    dead = Job.objects.filter(state=Job.DEAD).count()
    parked = EventDelivery.objects.filter(state=EventDelivery.PARKED).count()
    detail = _("%(jobs)s dead jobs, %(events)s parked events") % {"jobs": num(dead), "events": num(parked)}
    values = {"dead_jobs": dead, "parked_events": parked}
    return Finding(name="stuck work", label=_("Stuck work"), ok=not dead and not parked, detail=detail, values=values)


def timetable() -> Finding:
    """Whether each line of the timetable names a task that is there."""
    unknown = []
    for line in TIMETABLE:
        try:
            import_string(line.task)
        except ImportError:
            unknown.append(line.task)
    detail = _("%(count)s lines") % {"count": num(len(TIMETABLE))}
    if unknown:
        detail = _("no such task: %(names)s") % {"names": ", ".join(unknown)}
    values = {"lines": len(TIMETABLE), "unknown": unknown}
    return Finding(name="timetable", label=_("Timetable"), ok=not unknown, detail=detail, values=values)
