"""By which mailbox and to which address we write."""

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.work.models import WorkItem
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer


def mailbox_for(item: WorkItem) -> Mailbox | None:
    """The mailbox of the item's team, else of its branch, else the default one; demo mailboxes only for demo items."""
    boxes = list(Mailbox.objects.filter(is_active=True, is_demo=item.is_demo).order_by("-is_default", "id"))
    for matches in (
        lambda box: item.team_id is not None and box.team_id == item.team_id,
        lambda box: box.branch_id == item.branch_id,
        lambda box: box.is_default,
        lambda box: True,
    ):
        for box in boxes:
            if matches(box):
                return box
    return None


def customer_address(customer: Customer | None) -> str:
    """The customer's e-mail address to write to: reachable ones first, then the primary; "" when there is none."""
    if customer is None:
        return ""
    points = customer.contact_points.filter(kind=ContactKind.EMAIL).order_by("-is_reachable", "-is_primary", "id")
    first = points.first()
    return first.value if first else ""
