"""Taking a proposal over, or leaving the record as it is."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.records.customers.choices import Honorific
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.policies import refuse_unless_may_edit
from halkhata.records.customers.services.contacts import add_contact_point, remove_contact_point
from halkhata.records.customers.services.customers import update_customer
from halkhata.records.data_quality.cleaning import title_in
from halkhata.records.data_quality.models import Proposal, ProposalState


@transaction.atomic
def take_proposal(*, actor: Any, proposal: Proposal) -> Proposal:
    """Change the record as proposed, by the same services as a person's own change.

    When the value is another by now, nothing is changed and the proposal is overtaken. Raises PermissionRefused,
    NotFound, Conflict ``not_open``, and what those services raise.
    """
    row, customer = _lock(actor, proposal)
    if _value(row, customer) != row.before:
        return _end(actor, row, ProposalState.OVERTAKEN)
    if row.field.startswith("point:"):
        point = ContactPoint.objects.select_related("customer").get(pk=int(row.field.partition(":")[2]))
        add_contact_point(
            actor=actor, customer=customer, kind=point.kind, typed=row.after, label=point.label,
            primary=point.is_primary,
        )  # fmt: skip
        remove_contact_point(actor=actor, point=point)
    else:
        changes = {row.field: row.after}
        title = title_in(row.before) if row.rule == "title" else ""
        if title in Honorific.values and title and not customer.honorific:
            changes["honorific"] = title
        update_customer(actor=actor, customer=customer, version=customer.version, **changes)
    return _end(actor, row, ProposalState.TAKEN)


@transaction.atomic
def leave_proposal(*, actor: Any, proposal: Proposal) -> Proposal:
    """The record is right as it is: not proposed again. Raises PermissionRefused, NotFound, Conflict ``not_open``."""
    row, _customer = _lock(actor, proposal)
    return _end(actor, row, ProposalState.LEFT)


def take_all(*, actor: User, rule: str, limit: int = 500) -> tuple[int, int]:
    """Take over the open proposals of one rule that the actor may take. Returns how many were taken, how many not."""
    refuse_unless_may_edit(actor)
    rows = Proposal.objects.filter(state=ProposalState.OPEN, rule=rule)
    rows = rows.filter(customer__in=Customer.objects.visible_to(actor).values("pk"))
    taken = failed = 0
    for row in list(rows.order_by("-id")[:limit]):
        try:
            done = take_proposal(actor=actor, proposal=row)
        except DomainError:
            failed += 1
            continue
        taken += done.state == ProposalState.TAKEN
    return taken, failed


def _lock(actor: Any, proposal: Proposal) -> tuple[Proposal, Customer]:
    refuse_unless_may_edit(actor)
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    seen = Customer.objects.visible_to(actor) if isinstance(actor, User) else Customer.objects.all()
    customer = seen.filter(pk=row.customer_id).first()
    if customer is None:
        raise NotFound("no_such_customer", _("There is no such customer, or it is not for you to see."))
    if row.state != ProposalState.OPEN:
        raise Conflict("not_open", _("This proposal was decided already."))
    return row, customer


def _value(row: Proposal, customer: Customer) -> str:
    if row.field.startswith("point:"):
        point = ContactPoint.objects.filter(pk=int(row.field.partition(":")[2]), customer=customer).first()
        return point.value if point is not None else ""
    return str(getattr(customer, row.field))


def _end(actor: Any, row: Proposal, state: str) -> Proposal:
    row.state, row.ended_at, row.ended_by_id = state, now(), getattr(actor, "pk", None)
    row.save(update_fields=["state", "ended_at", "ended_by"])
    return row
