"""All numbers for a monitor, read at the moment it asks: any web process can answer for the whole install."""

import math
from datetime import datetime

import halkhata
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.selectors.channel_health import BAD, QUIET, channel_health
from halkhata.foundation.backups.selectors.standing import last_good, last_tested, outgoing_is_held
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import ScheduleLine
from halkhata.oversight.operations.counters import BUCKETS, request_counters
from halkhata.oversight.operations.exposition import Exposition
from halkhata.oversight.operations.selectors.figures import (
    event_figures,
    job_figures,
    mail_figures,
    space_figures,
)
from halkhata.oversight.operations.selectors.liveness import last_work

SWEEP = "sweep-promises"


def metrics_text() -> str:
    """In the exposition format. What never happened has an infinite age, so that an alarm on age rings."""
    page = Exposition()
    _requests(page)
    page.metric("halkhata_info", "gauge", "Version of this install", [({"version": halkhata.__version__}, 1)])
    jobs, events, mail, space = job_figures(), event_figures(), mail_figures(), space_figures()
    page.metric(
        "halkhata_jobs", "gauge", "Background jobs by state",
        [({"state": state}, getattr(jobs, state)) for state in ("ready", "running", "dead")],
    )  # fmt: skip
    page.metric(
        "halkhata_events", "gauge", "Deliveries of domain events that are not done, by state",
        [({"state": state}, getattr(events, state)) for state in ("pending", "parked")],
    )  # fmt: skip
    page.metric(
        "halkhata_mail", "gauge", "Mail that waits for a person or for its turn, by state",
        [({"state": name}, getattr(mail, name))
         for name in ("in_doubt", "failed", "waiting", "quarantined", "unprocessed")],
    )  # fmt: skip
    channels = channel_health(Mailbox.objects.filter(is_active=True, is_demo=False))
    page.metric(
        "halkhata_mail_channel_up", "gauge", "0 when a direction of a mailbox has a red light",
        [({"mailbox": str(one.mailbox.pk), "direction": name}, int(light.tone != BAD))
         for one in channels for name, light in (("in", one.incoming), ("out", one.outgoing)) if light.tone != QUIET],
    )  # fmt: skip
    sweep = ScheduleLine.objects.filter(name=SWEEP).values_list("fired_at", flat=True).first()
    one = [
        ("halkhata_job_lag_seconds", "How long the oldest due job has waited", _lag(jobs.oldest_due)),
        ("halkhata_outbox_lag_seconds", "How long the oldest due delivery has waited", _lag(events.oldest_due)),
        ("halkhata_promise_sweep_age_seconds", "Since promises were last looked through", _age(sweep)),
        ("halkhata_worker_age_seconds", "Since a worker last gave a sign of life", _age(last_work())),
        ("halkhata_backup_age_seconds", "Since the last good backup ended", _age(last_good())),
        ("halkhata_backup_tested_age_seconds", "Since a backup was last restored on trial", _age(last_tested())),
        ("halkhata_outgoing_held", "1 while mail is held after a restore", float(outgoing_is_held())),
        ("halkhata_disk_free_bytes", "Free space on the disk of the data folder", float(space.free)),
        ("halkhata_disk_size_bytes", "Size of that disk", float(space.total)),
    ]
    if space.database is not None:
        one.append(("halkhata_database_bytes", "Size of the database", float(space.database)))
    for name, words, value in one:
        page.metric(name, "gauge", words, [({}, value)])
    return page.text()


def _requests(page: Exposition) -> None:
    name = "halkhata_http_request_duration_seconds"
    buckets, sums, counts = [], [], []
    for key, row in sorted(request_counters.total().items()):
        route, _tab, status = key.partition("\t")
        labels = {"route": route, "status": status}
        running = 0.0
        for edge, count in zip((*BUCKETS, math.inf), row[:-1], strict=True):
            running += count
            buckets.append(({**labels, "le": "+Inf" if math.isinf(edge) else str(edge)}, running))
        sums.append((labels, row[-1]))
        counts.append((labels, running))
    page.metric(name, "histogram", "Answered requests by route and class of status", buckets, suffix="_bucket")
    page.lines(f"{name}_sum", sums)
    page.lines(f"{name}_count", counts)


def _lag(due: datetime | None) -> float:
    return max(0.0, (now() - due).total_seconds()) if due else 0.0


def _age(at: datetime | None) -> float:
    return max(0.0, (now() - at).total_seconds()) if at else math.inf
