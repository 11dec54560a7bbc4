"""Times at which staff can act: inside the opening hours of a branch (US-18, A51.11)."""

import logging
from datetime import datetime

from halkhata.engines.work.promise.calendar import CalendarError
from halkhata.engines.work.selectors.calendars import calendar_for_branch
from halkhata.foundation.accounts.models import Branch

logger = logging.getLogger(__name__)


def opening_from(branch: Branch, at: datetime) -> datetime:
    """``at`` when the branch is open then, else its next opening; ``at`` itself when it never opens any more."""
    try:
        return calendar_for_branch(branch).next_opening(at)
    except CalendarError:
        logger.warning("branch %s never opens; planned outside its hours", branch.pk)
        return at


def last_opening_until(branch: Branch, *, since: datetime, until: datetime) -> datetime:
    """``until`` when the branch is open then, else the end of its last hours before it.

    When it is closed all the time from ``since`` on, the next opening after ``until``: nobody can act sooner.
    """
    calendar = calendar_for_branch(branch)
    if calendar.is_working(until):
        return until
    ends = [end for _start, end in calendar.intervals_between(since, until)]
    return ends[-1] if ends else opening_from(branch, until)
