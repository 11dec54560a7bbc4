"""Background work of the search for doubles. It proposes; nobody is ever merged by it (US-55 AC 1)."""

from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.records.customers.merging import proposals, stragglers
from halkhata.records.customers.models import DuplicateSearch


@task()
def search_changed() -> int:
    """Look at whoever changed since the last search; go on with one that was broken off. Returns the search's id."""
    stragglers.gather_stragglers()
    search = proposals.latest_search()
    if search is None or search.finished_at is not None:
        search = proposals.begin_search(whole_book=search is None)
    enqueue_once(go_on, f"duplicates:{search.pk}", search.pk)
    return search.pk


@task()
def go_on(search_id: int) -> bool:
    """One slice of a search; the next one is a job of its own, so that other work comes in between."""
    search = DuplicateSearch.objects.filter(pk=search_id, finished_at__isnull=True).first()
    if search is None:
        return False
    is_more = proposals.search_slice(search)
    if is_more:
        enqueue_once(go_on, f"duplicates:{search_id}", search_id)
    return is_more


def search_whole_book() -> int:
    """Begin to compare everybody with everybody near, unless a search is under way. Returns the search's id."""
    search = proposals.latest_search()
    if search is None or search.finished_at is not None:
        search = proposals.begin_search(whole_book=True)
    enqueue_once(go_on, f"duplicates:{search.pk}", search.pk)
    return search.pk
