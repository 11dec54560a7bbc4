"""Background work of the segments."""

from halkhata.engines.segments.services.membership import build, follow_days, remove
from halkhata.engines.segments.services.newcomers import count_members_again
from halkhata.foundation.core.jobs import task


@task()
def build_segment(segment_id: int) -> int:
    """Find all members of a segment. Running it twice ends the same."""
    return build(segment_id)


@task()
def remove_segment(segment_id: int) -> None:
    """Take away the members of a segment that somebody removed, and the segment."""
    remove(segment_id)


@task()
def follow_passing_days() -> int:
    """Each night: whom the days alone moved in or out, and numbers put right where rows went with a person's data.

    Returns how many were reviewed.
    """
    reviewed = follow_days()
    count_members_again()
    return reviewed
