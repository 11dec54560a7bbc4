"""Whose a unit is: given by a sale or as a replacement, handed on with the registered owner's consent (A53.12)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog import policies
from halkhata.records.catalog.choices import OwnedHow, UnitState
from halkhata.records.catalog.days import moment_of, refuse_odd_day
from halkhata.records.catalog.events import UnitTransferred
from halkhata.records.catalog.models import Ownership, Purchase, Unit
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.units import end_ownership, lock_unit, save_unit
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity


def give_unit(
    *,
    actor: Any,
    unit: Unit,
    to: Customer,
    on: date,
    how: str = OwnedHow.REPLACEMENT,
    purchase: Purchase | None = None,
) -> Ownership:
    """Make ``to`` the owner of a unit in stock, which is sold from now on: by a sale, or as a replacement.

    For services that have asked for their own rights. Raises Conflict ``not_in_stock``.
    """
    with transaction.atomic():
        held = lock_unit(unit.pk)
        if held.state != UnitState.IN_STOCK:
            raise Conflict(
                "not_in_stock",
                _("The unit %(unit)s is not in stock: %(state)s.")
                % {"unit": shown_ref(held.number), "state": held.state_label},
                field="unit",
                unit_number=held.number,
            )
        held.owner, held.state, held.sold_on = to, UnitState.SOLD, on
        save_unit(held)
        owned = Ownership.objects.create(
            unit=held,
            customer=to,
            from_on=on,
            how=how,
            purchase=purchase,
            written_by=actor if isinstance(actor, User) else None,
        )
        if how == OwnedHow.REGISTERED:
            _look_again(to)
        if how == OwnedHow.REPLACEMENT:
            write_life(actor=actor, unit=held, verb="unit.given", at=moment_of(on))
    return owned


def transfer_unit(*, actor: Any, unit: Unit, to: Customer, on: date, consent: str) -> Ownership:
    """Hand a unit on to another customer; ``consent`` says how the registered owner agreed.

    A unit nobody is registered for is registered without. Raises PermissionRefused, NotFound (unit or customer out of
    sight), Conflict ``not_with_customer``, DomainError ``no_consent``, ``same_owner``, ``in_future``,
    ``before_owner``.
    """
    policies.require(actor, policies.EDIT)
    policies.require_unit(actor, unit)
    policies.require_customer(actor, to)
    agreed = clean_text(consent, max_length=300)
    refuse_odd_day(on, "on")
    with transaction.atomic():
        held = lock_unit(unit.pk)
        if held.state != UnitState.SOLD:
            raise Conflict(
                "not_with_customer",
                _("Only a unit that a customer has can be handed on; this one is: %(state)s.")
                % {"state": held.state_label},
            )
        before = Ownership.objects.filter(unit=held, to_on__isnull=True).first()
        _refuse_transfer(held, before, to, on, agreed)
        if before is not None:
            end_ownership(held, moment_of(on))
        held.owner = to
        save_unit(held)
        owned = Ownership.objects.create(
            unit=held,
            customer=to,
            from_on=on,
            how=OwnedHow.REGISTERED if before is None else OwnedHow.TRANSFER,
            consent=agreed,
            written_by=actor if isinstance(actor, User) else None,
        )
        if before is None:
            _look_again(to)
        former = before.customer_id if before else None
        record(
            actor=actor,
            action="unit.transfer",
            record=held,
            before={"owner": former},
            after={"owner": to.pk, "on": on, "consent": agreed},
        )
        write_life(actor=actor, unit=held, verb="unit.transferred", at=moment_of(on))
        _tell(actor, held, before.customer if before else None, to)
        publish(
            UnitTransferred(unit_id=held.pk, number=held.number, from_customer_id=former, to_customer_id=to.pk, on=on)
        )
    return owned


def _look_again(customer: Customer) -> None:
    """Nobody wrote down how the unit came to them: the nightly search for doubles takes them up (doubles.py)."""
    Customer.objects.filter(pk=customer.pk).update(updated_at=now())


def _refuse_transfer(held: Unit, before: Ownership | None, to: Customer, on: date, agreed: str) -> None:
    if before is None:
        return
    if before.customer_id == to.pk:
        raise DomainError("same_owner", _("The unit is this customer's already."), field="to")
    if not agreed:
        raise DomainError(
            "no_consent", _("Write how the registered owner agreed: without it nothing changes hands."), field="consent"
        )
    if on < before.from_on:
        raise DomainError(
            "before_owner", _("The present owner has it from a later day: choose that day or one after it."), field="on"
        )


def _tell(actor: Any, unit: Unit, before: Customer | None, to: Customer) -> None:
    data = {"number": unit.number, "bn": unit.product.name_bn, "en": unit.product.name_en}
    url = f"/units/{unit.number}/"
    record_activity(customer=before, verb="unit.handed_on", data=data, url=url, actor=actor)
    record_activity(customer=to, verb="unit.taken_over", data=data, url=url, actor=actor)
