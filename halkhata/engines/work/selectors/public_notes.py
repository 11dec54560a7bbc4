"""Whether a note that the customer can read counts as an answer (A51.6)."""

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.promise_book import PromiseBook


def public_notes_count(item: WorkItem) -> bool:
    """What the policy of the item says; off unless the shop has switched it on."""
    return PromiseBook().policy_for(item).notes_count_as_answer
