"""By which mailbox we write."""

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.work.models import WorkItem


def mailbox_for(item: WorkItem) -> Mailbox | None:
    """The mailbox of the item's team, else of its branch, else the default one; demo mailboxes only for demo items."""
    boxes = list(Mailbox.objects.filter(is_active=True, is_demo=item.is_demo).order_by("-is_default", "id"))
    for matches in (
        lambda box: item.team_id is not None and box.team_id == item.team_id,
        lambda box: box.branch_id == item.branch_id,
        lambda box: box.is_default,
        lambda box: box.is_active,
    ):
        for box in boxes:
            if matches(box):
                return box
    return None
