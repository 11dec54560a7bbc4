"""What changes a membership: whatever happened to the customer. Desks have handlers of their own."""

from halkhata.engines.segments.services.membership import review_customer
from halkhata.engines.segments.services.newcomers import count_members_again, place_newcomers
from halkhata.foundation.core.events import on
from halkhata.records.customers.events import (
    ContactPointAdded,
    ContactPointRemoved,
    ContactPointUnreachable,
    CustomerChanged,
    CustomerCreated,
    CustomersMerged,
    CustomersUnmerged,
)
from halkhata.records.imports.events import CustomersImported, ImportEnded


@on(CustomerCreated)
def place_new_customer(event: CustomerCreated) -> None:
    """Somebody new may fit segments."""
    review_customer(event.customer_id)


@on(CustomerChanged)
def place_changed_customer(event: CustomerChanged) -> None:
    """A change of one customer is looked at for that customer alone (A54.3)."""
    review_customer(event.customer_id)


@on(ContactPointAdded)
def place_reached_customer(event: ContactPointAdded) -> None:
    """Whoever has a number or an address more may fit."""
    review_customer(event.customer_id)


@on(ContactPointRemoved)
def place_unreached_customer(event: ContactPointRemoved) -> None:
    """Whoever has one less may fit no more."""
    review_customer(event.customer_id)


@on(ContactPointUnreachable)
def place_customer_nobody_reaches(event: ContactPointUnreachable) -> None:
    """Mail that came back: the address works no more."""
    review_customer(event.customer_id)


@on(CustomersMerged)
def place_merged_customers(event: CustomersMerged) -> None:
    """The merged one leaves every segment; the survivor has what was theirs."""
    review_customer(event.merged_id)
    review_customer(event.survivor_id)


@on(CustomersUnmerged)
def place_unmerged_customers(event: CustomersUnmerged) -> None:
    """Both are people of their own again."""
    review_customer(event.merged_id)
    review_customer(event.survivor_id)


@on(CustomersImported)
def place_imported_customers(event: CustomersImported) -> None:
    """A batch of an import at once."""
    place_newcomers(event.customer_ids)


@on(ImportEnded)
def count_after_an_undo(event: ImportEnded) -> None:
    """Whom an import had brought is gone, and so are their memberships."""
    if event.state == "undone":
        count_members_again()
