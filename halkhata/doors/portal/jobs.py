"""Background work of the customers' door."""

from halkhata.doors.portal.services import copies, drafts, returning, telling
from halkhata.doors.portal.services.forgetting import forget_old_requests
from halkhata.foundation.core.jobs import task


@task(queue_name="mail")
def look_and_tell(request_id: int) -> bool:
    """Look whether ticket and number belong together, and prepare the code. Running it twice prepares one."""
    return telling.look_and_tell(request_id)


@task(queue_name="mail")
def look_for_return(asking_id: int) -> bool:
    """Look whether number and phone belong together, take the return down, prepare the code. Twice is once."""
    return returning.look_for_return(asking_id)


@task()
def make_copy(copy_id: int) -> bool:
    """Write a customer's own copy of their data."""
    return copies.make_copy(copy_id)


@task()
def prune_portal() -> int:
    """Delete copies of sessions that are over, askings and drafts older than a day; their photos then go with the files
    nobody uses. Returns the rows."""
    dropped = copies.drop_copies() + forget_old_requests() + drafts.drop_old_drafts()
    return dropped + returning.drop_unconfirmed()
