"""Giving something to a courier: the parcel's number, for a promise, a piece of work or a unit (A56.21)."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.models import Courier, DeliveryPromise, Parcel
from halkhata.engines.deliveries.parcel_choices import ParcelState
from halkhata.engines.deliveries.parcel_numbers import fold_number
from halkhata.engines.deliveries.policies import require, require_customer
from halkhata.engines.deliveries.services.inbox import take_waiting
from halkhata.engines.deliveries.services.timeline import write_parcel_line
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer


@transaction.atomic
def give_to_courier(
    *,
    actor: Actor | None,
    courier: Courier,
    number: str,
    promise: DeliveryPromise | None = None,
    item: WorkItem | None = None,
    unit: Unit | None = None,
    customer: Customer | None = None,
    branch: Branch | None = None,
    what: str = "",
    is_demo: bool = False,
) -> Parcel:
    """Write down that a courier carries it, by the number on its slip; the same again is the same parcel.

    News that came before the number was known are taken now. Raises PermissionRefused, NotFound; DomainError
    ``bad_number``, ``courier_off``, ``nothing_sent``; Conflict ``number_taken``.
    """
    _check_reach(actor, promise, item, unit, customer)
    folded = fold_number(number)
    if not folded:
        raise DomainError(
            "bad_number", _("Letters and digits as they stand on the courier's slip, at least four."), field="number"
        )
    if not courier.is_active:
        raise DomainError("courier_off", _("This courier is not in use."), field="courier")
    if promise is None and item is None and unit is None:
        raise DomainError("nothing_sent", _("Say what is on its way."), field="what")
    work = promise.item if promise is not None and promise.item is not None else item
    known = Parcel.objects.filter(courier=courier, folded=folded).first()
    if known is not None:
        return _same(actor, known, promise, work, unit)
    at = now()
    person = _owner(actor, promise, work)
    try:
        with transaction.atomic():
            parcel = Parcel.objects.create(
                courier=courier,
                number=clean_text(number, max_length=60),
                folded=folded,
                promise=promise,
                item=work,
                unit=unit,
                what=_words(what, promise, work, unit),
                customer=customer or _customer(promise, work, unit),
                branch=branch or (promise or work or unit).branch,  # type: ignore[union-attr]
                team=promise.team if promise is not None else work.team if work is not None else None,
                owner=person,
                state=ParcelState.REGISTERED,
                state_at=at,
                last_sign_at=at,
                created_at=at,
                is_demo=is_demo or bool(promise is not None and promise.is_demo),
            )
    except IntegrityError:
        # Two people typed the same slip in the same moment.
        return _same(actor, Parcel.objects.get(courier=courier, folded=folded), promise, work, unit)
    record(actor=actor, action="parcel.give", record=parcel, after={"number": folded, "courier": courier.pk})
    write_parcel_line(actor, parcel, "parcel.registered", at)
    # What its system told before somebody typed the number.
    take_waiting(parcel)
    parcel.refresh_from_db()
    return parcel


def _check_reach(
    actor: Actor | None,
    promise: DeliveryPromise | None,
    item: WorkItem | None,
    unit: Unit | None,
    customer: Customer | None,
) -> None:
    require(actor, item=item if promise is None else None, promise=promise)
    require_customer(actor, customer)
    if unit is not None and isinstance(actor, User) and not Unit.objects.visible_to(actor).filter(pk=unit.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))


def _same(
    actor: Actor | None, known: Parcel, promise: DeliveryPromise | None, item: WorkItem | None, unit: Unit | None
) -> Parcel:
    ids = (promise.pk if promise else None, item.pk if item else None, unit.pk if unit else None)
    is_seen = not isinstance(actor, User) or Parcel.objects.visible_to(actor).filter(pk=known.pk).exists()
    if is_seen and (known.promise_id, known.item_id, known.unit_id) == ids:
        return known
    raise Conflict("number_taken", _("This courier has this number on another parcel of ours already."), field="number")


def _owner(actor: Actor | None, promise: DeliveryPromise | None, item: WorkItem | None) -> User:
    person = promise.owner if promise is not None else item.owner if item is not None else None
    person = person or (actor if isinstance(actor, User) else None)
    if person is None:
        raise DomainError("nobody_to_own", _("There is no active member of staff who could own this."))
    return person


def _customer(promise: DeliveryPromise | None, item: WorkItem | None, unit: Unit | None) -> Customer | None:
    if promise is not None and promise.customer is not None:
        return promise.customer
    if item is not None:
        return item.customer
    return unit.owner if unit is not None else None


def _words(what: str, promise: DeliveryPromise | None, item: WorkItem | None, unit: Unit | None) -> str:
    typed = clean_text(what, max_length=200)
    if typed:
        return typed
    if promise is not None:
        return promise.what
    return (item.subject if item is not None else str(unit))[:200]
