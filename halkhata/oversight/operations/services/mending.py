"""What a person does about work that stopped: try a dead job again, remove it, replay a parked delivery."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.backups.policies import require_keeper
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.models import EventDelivery, Job
from halkhata.foundation.core.outbox import replay
from halkhata.foundation.core.wakeup import wake_workers


def retry_job(*, actor: User, job: Job) -> None:
    """Put a dead job back in line with all its tries. Raises Conflict when it is not dead, PermissionRefused."""
    require_keeper(actor)
    try:
        with transaction.atomic():
            moved = Job.objects.filter(pk=job.pk, state=Job.DEAD).update(
                state=Job.READY, attempts=0, run_after=now(), finished_at=None, started_at=None
            )
            if not moved:
                raise Conflict("not_dead", _("This job is not waiting for a decision any more."))
            record(actor=actor, action="job.retry", record=job, after={"task": job.task})
            transaction.on_commit(wake_workers)
    except IntegrityError:
        raise Conflict("twin_waits", _("The same job is in line already: remove this one.")) from None


def remove_job(*, actor: User, job: Job) -> None:
    """Remove a dead job for good. Raises Conflict, PermissionRefused."""
    require_keeper(actor)
    with transaction.atomic():
        record(actor=actor, action="job.remove", record=job, before={"task": job.task, "args": job.args})
        if not Job.objects.filter(pk=job.pk, state=Job.DEAD).delete()[0]:
            raise Conflict("not_dead", _("This job is not waiting for a decision any more."))


def replay_delivery(*, actor: User, delivery: EventDelivery) -> None:
    """Deliver a parked event again. Raises Conflict when it is not parked any more, PermissionRefused."""
    require_keeper(actor)
    with transaction.atomic():
        if not EventDelivery.objects.select_for_update().filter(pk=delivery.pk, state=EventDelivery.PARKED).exists():
            raise Conflict("not_parked", _("This event is not waiting for a decision any more."))
        record(actor=actor, action="event.replay", record=delivery, after={"handler": delivery.handler})
        replay(delivery)
