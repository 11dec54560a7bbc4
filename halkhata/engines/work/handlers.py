"""What the engine does when it hears of its own events."""

from halkhata.engines.work.events import PromiseTermsChanged
from halkhata.engines.work.jobs import recompute_unfinished_items
from halkhata.foundation.core.events import on
from halkhata.foundation.core.jobs.backend import enqueue_once


@on(PromiseTermsChanged)
def recompute_after_edit(event: PromiseTermsChanged) -> None:
    """Bring unfinished items in line; several edits that come together cost one run."""
    enqueue_once(recompute_unfinished_items, f"work:recompute:{event.reason}", event.reason)
