"""People who live together: through their household they may share a number (A56.3)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit import trail
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import Relation
from halkhata.records.customers.events import CustomerChanged
from halkhata.records.customers.models import Customer, Household, HouseholdMember
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_customer


@transaction.atomic
def join_household(*, actor: Any, customer: Customer, relative: Customer, relation: str = "") -> HouseholdMember:
    """``customer`` lives with ``relative`` from now on: in the relative's household, or in a new one of both.

    ``relation`` says who the customer is there (choices.Relation, "" unknown). Raises PermissionRefused, NotFound for a
    customer the actor does not see, and DomainError "same_person", "in_another_household", "unknown_choice".
    """
    if customer.pk == relative.pk:
        raise DomainError("same_person", _("Nobody is their own relative."), field="relative")
    if relation not in ("", *Relation.values):
        raise DomainError("unknown_choice", _("Choose one of the list."), field="relation")
    # In the order of the ids: two people who bring the same two together do not wait for each other for ever.
    locked = {pk: lock_customer(actor=actor, pk=pk) for pk in sorted((customer.pk, relative.pk))}
    customer, relative = locked[customer.pk], locked[relative.pk]
    present = {member.customer_id: member for member in HouseholdMember.objects.filter(customer__in=locked)}
    own, theirs = present.get(customer.pk), present.get(relative.pk)
    if own is not None and (theirs is None or own.household_id != theirs.household_id):
        if theirs is not None:
            raise DomainError(
                "in_another_household",
                _("This customer lives in another household. Take them out of it first."),
                field="relative",
            )
        _add(actor, relative, own.household_id, "")
        return own
    if own is not None:
        if relation and own.relation != relation:
            own.relation = relation
            own.save(update_fields=["relation"])
        return own
    if theirs is None:
        household = Household.objects.create(is_demo=relative.is_demo and customer.is_demo)
        theirs = _add(actor, relative, household.pk, "")
    return _add(actor, customer, theirs.household_id, relation)


@transaction.atomic
def leave_household(*, actor: Any, customer: Customer) -> None:
    """``customer`` does not live there any more; a household of one is none. Raises PermissionRefused and NotFound."""
    customer = lock_customer(actor=actor, pk=customer.pk)
    member = HouseholdMember.objects.filter(customer=customer).first()
    if member is None:
        raise NotFound("in_no_household", _("This customer is in no household."))
    household = Household.objects.select_for_update().get(pk=member.household_id)
    member.delete()
    _tell(actor, customer, "customer.household_left", "customer.leave_household", household.pk)
    others = list(household.members.select_related("customer"))
    if len(others) == 1:
        others[0].delete()
        _tell(actor, others[0].customer, "customer.household_left", "customer.leave_household", household.pk)
        others = []
    if not others:
        household.delete()


@transaction.atomic
def name_household(*, actor: Any, customer: Customer, name: str) -> Household:
    """Give the customer's household a name ("Sheikh Bari"). Raises PermissionRefused and NotFound."""
    customer = lock_customer(actor=actor, pk=customer.pk)
    household = Household.objects.select_for_update().filter(members__customer=customer).first()
    if household is None:
        raise NotFound("in_no_household", _("This customer is in no household."))
    before, household.name = household.name, clean_text(name, max_length=120)
    if before != household.name:
        household.save(update_fields=["name"])
        trail.record(
            actor=actor,
            action="customer.name_household",
            record=customer,
            before={"household": before},
            after={"household": household.name},
        )
    return household


def _add(actor: Any, customer: Customer, household: int, relation: str) -> HouseholdMember:
    member = HouseholdMember.objects.create(
        household_id=household, customer=customer, relation=relation, is_demo=customer.is_demo
    )
    _tell(actor, customer, "customer.household_joined", "customer.join_household", household)
    return member


def _tell(actor: Any, customer: Customer, verb: str, action: str, household: int) -> None:
    joined = verb.endswith("joined")
    trail.record(
        actor=actor,
        action=action,
        record=customer,
        before={"household": None if joined else household},
        after={"household": household if joined else None},
    )
    record_activity(customer=customer, verb=verb, actor=actor)
    publish(CustomerChanged(customer_id=customer.pk, fields=("household",)))
