"""Background work of privacy."""

from halkhata.foundation.backups.places import backup_is_running
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.records.privacy.models import Erasure
from halkhata.records.privacy.services.leftovers import clear_free_space, drop_bytes
from halkhata.records.privacy.services.retention import sweep_retention


@task()
def finish_erasure(erasures: list[int], paths: list[str]) -> int:
    """What an erasure left on the disk. Returns how many files went.

    After a night of many erasures the last one tidies the database up for all of them: that reads whole indexes.
    Raises OSError while a backup copies files: the job comes again.
    """
    if paths and backup_is_running():
        raise OSError("a backup is under way: the files go after it")
    gone = drop_bytes(paths)
    waiting = Erasure.objects.filter(scrubbed_at__isnull=True)
    if waiting.filter(pk__gt=max(erasures)).exists():
        return gone
    done = dict(waiting.values_list("pk", "counts"))
    clear_free_space(sorted({label for counts in done.values() for label in counts} | {"audit.auditentry"}))
    Erasure.objects.filter(pk__in=done).update(scrubbed_at=now())
    return gone


@task()
def keep_retention() -> dict[str, int]:
    """The nightly sweep of the retention schedule."""
    return sweep_retention()


@task()
def send_confirmation(customer_id: int, purpose: str, address: str) -> bool:
    """Mail the link by which somebody confirms their consent (double opt-in). Returns whether a mail could be sent."""
    from halkhata.records.privacy.services.confirming import mail_confirmation

    return mail_confirmation(customer_id=customer_id, purpose=purpose, address=address)
