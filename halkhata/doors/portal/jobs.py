"""Background work of the customers' door."""

from halkhata.doors.portal.services import copies, drafts, telling
from halkhata.doors.portal.services.forgetting import forget_old_requests
from halkhata.foundation.core.jobs import task


@task(queue_name="mail")
def look_and_tell(request_id: int) -> bool:
    """Look whether ticket and number belong together, and prepare the code. Running it twice prepares one."""
    return telling.look_and_tell(request_id)


@task()
def make_copy(copy_id: int) -> bool:
    """Write a customer's own copy of their data."""
    return copies.make_copy(copy_id)


@task()
def prune_portal() -> int:
    """Delete copies of sessions that are over, askings and drafts older than a day; their photos then go with the files
    nobody uses. Returns the rows."""
    return copies.drop_copies() + forget_old_requests() + drafts.drop_old_drafts()
