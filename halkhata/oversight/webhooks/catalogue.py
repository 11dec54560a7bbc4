"""The events a webhook may hear of: a closed list, and for each exactly which values leave the house.

Values are ids, numbers and codes. Names, phone numbers, addresses and what people wrote stay inside: whoever may see
them fetches them by the API with a key of their own.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.events import ClaimCredited, ClaimMoved
from halkhata.desks.disputes.events import DecisionSigned, DisputeMoved, DisputeOpened
from halkhata.desks.feedback.events import SurveyAnswered
from halkhata.desks.returns.events import ParcelArrived, ReturnAdvanced, ReturnMoved, ReturnSettled
from halkhata.desks.service.booking_events import BookingMoved
from halkhata.desks.service.events import EstimateAnswered, JobDelivered, JobOpened, JobStateChanged
from halkhata.desks.tickets.events import (
    TicketChanged,
    TicketClosed,
    TicketMerged,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketSplit,
    TicketUnmerged,
)
from halkhata.engines.messaging.events import MessageReceived, MessageSent
from halkhata.engines.work.events import (
    DelayExplained,
    EscalationConfirmed,
    ItemAssigned,
    ItemEscalated,
    ItemOpened,
    PromiseBroken,
    PromiseWarned,
    TaskCompleted,
)
from halkhata.foundation.core.events import DomainEvent
from halkhata.records.catalog.events import PurchaseRecorded, PurchaseReversed, UnitSold, UnitTransferred
from halkhata.records.customers.events import (
    ContactPointAdded,
    ContactPointRemoved,
    ContactPointUnreachable,
    CustomerChanged,
    CustomerCreated,
)
from halkhata.records.stock.events import GoodsMoved


@dataclass(frozen=True, kw_only=True)
class PublicEvent:
    """One event of the list. ``permission``: what the endpoint's owner must be allowed to do."""

    event: type[DomainEvent]
    label: Any
    permission: str
    # Names of the event's values that are told.
    values: tuple[str, ...]
    item: str = ""
    customer: str = ""

    @property
    def name(self) -> str:
        """The wire name."""
        return self.event.name

    def data(self, event: DomainEvent) -> dict[str, Any]:
        """What is told of ``event``, as JSON values."""
        payload = event.payload()
        return {name: payload[name] for name in self.values}

    def item_id(self, event: DomainEvent) -> int:
        """The piece of work it is about, 0 for none."""
        return int(getattr(event, self.item)) if self.item else 0

    def customer_id(self, event: DomainEvent) -> int:
        """The customer it is about, 0 for none."""
        return int(getattr(event, self.customer)) if self.customer else 0


def _ticket(event: type[DomainEvent], label: Any, *values: str) -> PublicEvent:
    return PublicEvent(
        event=event, label=label, permission="ticket.view", item="ticket_id", values=("ticket_id", "number", *values)
    )


def _item(event: type[DomainEvent], label: Any, *values: str, permission: str = "work.view") -> PublicEvent:
    return PublicEvent(event=event, label=label, permission=permission, item="item_id", values=("item_id", *values))


def _customer(event: type[DomainEvent], label: Any, *values: str) -> PublicEvent:
    return PublicEvent(
        event=event,
        label=label,
        permission="customer.view",
        customer="customer_id",
        values=("customer_id", *values),
    )


EVENTS: dict[str, PublicEvent] = {
    one.name: one
    for one in (
        _ticket(
            TicketOpened, _("A ticket was opened"),
            "kind", "channel", "customer_id", "owner_id", "team_id", "branch_id",
        ),
        _ticket(TicketChanged, _("A ticket's own fields changed"), "fields"),
        _ticket(
            TicketResolved, _("A ticket was resolved"),
            "resolution_id", "customer_id", "owner_id", "resolved_by_id", "team_id", "branch_id", "resolved_at",
        ),
        _ticket(TicketReopened, _("A ticket was opened again"), "owner_id", "by_customer"),
        _ticket(TicketClosed, _("A ticket was closed"), "owner_id"),
        _ticket(TicketMerged, _("A ticket was merged into another"), "into_id", "into_number"),
        _ticket(TicketUnmerged, _("A merge of tickets was undone"), "from_id", "from_number"),
        _ticket(TicketSplit, _("Messages of a ticket became a new ticket"), "new_id", "new_number"),
        _item(
            ItemOpened, _("A piece of work was opened"),
            "number", "kind", "channel", "priority", "customer_id", "owner_id", "team_id", "branch_id",
        ),
        _item(
            ItemAssigned, _("Work was given to somebody else"),
            "number", "kind", "from_owner_id", "owner_id", "team_id",
        ),
        _item(
            ItemEscalated, _("Work was escalated"),
            "number", "kind", "level", "trigger", "threshold", "metric", "owner_id",
        ),
        _item(
            PromiseWarned, _("A promise will soon be broken"),
            "number", "kind", "metric", "cycle", "share", "minutes_left", "due_at", "owner_id",
        ),
        _item(
            PromiseBroken, _("A promise was broken"),
            "number", "kind", "metric", "cycle", "due_at", "owner_id", "team_id", "branch_id", "answered",
        ),
        _item(
            DelayExplained, _("Somebody said why a promise was broken"),
            "number", "kind", "note_id", "reason", "promised_at", "owner_id",
        ),
        _item(
            EscalationConfirmed, _("An escalation was confirmed"),
            "number", "kind", "level", "confirmed_by_id",
        ),
        _item(
            TaskCompleted, _("A planned call or visit has a result"),
            "number", "kind", "outcome", "parent_id", "customer_id", "owner_id",
        ),
        _item(
            MessageReceived, _("A customer wrote"),
            "message_id", "channel", "customer_id", "owner_id", permission="ticket.view",
        ),
        _item(MessageSent, _("A message left the house"), "delivery_id", "is_automatic", permission="ticket.view"),
        _item(
            SurveyAnswered, _("A customer answered a survey"),
            "response_id", "agent_id", "customer_id", "score", "threshold", permission="feedback.view",
        ),
        PublicEvent(
            event=DisputeOpened, label=_("A dispute was opened"), permission="dispute.view", item="dispute_id",
            values=("dispute_id", "number", "about_id", "customer_id"),
        ),
        PublicEvent(
            event=DisputeMoved, label=_("A dispute went on"), permission="dispute.view", item="dispute_id",
            values=("dispute_id", "number", "before", "after"),
        ),
        PublicEvent(
            event=DecisionSigned, label=_("A dispute was decided"), permission="dispute.view", item="dispute_id",
            values=("dispute_id", "number", "decision_id"),
        ),
        PublicEvent(
            event=JobOpened, label=_("A unit was taken in for service"), permission="job.view", item="job_id",
            values=("job_id", "number", "unit_id", "customer_id", "branch_id", "owner_id"),
        ),
        PublicEvent(
            event=JobStateChanged, label=_("A job card went on"), permission="job.view", item="job_id",
            values=("job_id", "number", "unit_id", "customer_id", "before", "after"),
        ),
        PublicEvent(
            event=EstimateAnswered, label=_("A customer answered an estimate"), permission="job.view", item="job_id",
            values=("job_id", "number", "estimate_id", "approved", "how"),
        ),
        PublicEvent(
            event=JobDelivered, label=_("A repaired unit was handed over"), permission="job.view", item="job_id",
            values=("job_id", "number", "unit_id", "customer_id", "branch_id", "owner_id", "delivered_at"),
        ),
        PublicEvent(
            event=BookingMoved, label=_("A visit to the workshop was asked for or answered"), permission="job.view",
            customer="customer_id",
            values=("booking_id", "number", "state", "unit_id", "customer_id", "branch_id", "by_customer"),
        ),
        PublicEvent(
            event=ClaimMoved, label=_("A claim to a company was begun or went on"), permission="claim.view",
            item="claim_id",
            values=("claim_id", "number", "before", "stage", "brand_id", "unit_id", "about_id", "branch_id"),
        ),
        PublicEvent(
            event=ClaimCredited, label=_("A company paid for a claim"), permission="claim.view", item="claim_id",
            values=("claim_id", "number", "amount", "currency", "shortfall", "branch_id"),
        ),
        PublicEvent(
            event=ReturnMoved, label=_("A return was asked for or went on"), permission="return.view",
            item="request_id", values=("request_id", "number", "before", "stage", "customer_id", "branch_id"),
        ),
        PublicEvent(
            event=ReturnSettled, label=_("A return was settled"), permission="return.view", item="request_id",
            values=(
                "request_id", "number", "result", "purchase_id", "purchase_line_id", "product_id", "unit_id",
                "replacement_unit_id", "quantity", "refund", "credit", "replacement", "fee", "currency", "customer_id",
                "branch_id",
            ),
        ),
        PublicEvent(
            event=ReturnAdvanced, label=_("A replacement was given in advance, or its deposit moved"),
            permission="return.view", item="request_id",
            values=(
                "request_id", "number", "what", "amount", "currency", "replacement_unit_id", "customer_id", "branch_id",
            ),
        ),
        PublicEvent(
            event=ParcelArrived, label=_("A parcel without a return number came"), permission="return.view",
            values=("parcel_id", "number", "branch_id"),
        ),
        PublicEvent(
            event=GoodsMoved, label=_("Goods moved"), permission="stock.view",
            values=(
                "movement_id", "product_id", "unit_id", "quantity", "from_place_id", "to_place_id", "reason", "ref",
            ),
        ),
        PublicEvent(
            event=PurchaseRecorded, label=_("A sale was recorded"), permission="unit.view", customer="customer_id",
            values=("purchase_id", "number", "customer_id", "branch_id", "bought_on", "channel"),
        ),
        PublicEvent(
            event=PurchaseReversed, label=_("A sale was taken back"), permission="unit.view", customer="customer_id",
            values=("purchase_id", "number", "customer_id", "branch_id", "unit_ids"),
        ),
        PublicEvent(
            event=UnitSold, label=_("A unit was sold"), permission="unit.view", customer="customer_id",
            values=(
                "unit_id", "number", "product_id", "purchase_id", "customer_id", "branch_id", "bought_on", "channel",
            ),
        ),
        PublicEvent(
            # Whose it was before is nobody's business outside.
            event=UnitTransferred, label=_("A unit has another owner"), permission="unit.view",
            customer="to_customer_id", values=("unit_id", "number", "to_customer_id", "on"),
        ),
        _customer(CustomerCreated, _("A customer was added"), "language", "branch_id", "created_by_id"),
        _customer(CustomerChanged, _("A customer's record changed"), "fields"),
        _customer(ContactPointAdded, _("A customer has one more number or address"), "kind"),
        _customer(ContactPointRemoved, _("A number or address was removed"), "kind"),
        _customer(ContactPointUnreachable, _("A number or address does not work"), "kind"),
    )
}  # fmt: skip
