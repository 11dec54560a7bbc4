"""Registrations: written down when they come in, verified or rejected by staff with a reason (A53.2, US-06)."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.choices import OwnedHow, UnitState
from halkhata.records.catalog.days import today
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Product, Unit, UnitIdentifier
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.owners import give_unit
from halkhata.records.catalog.services.units import create_unit
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer, find_by_contact
from halkhata.records.warranty.choices import Channel, EvidenceState, FlagKind, RejectReason
from halkhata.records.warranty.events import RegistrationDecided
from halkhata.records.warranty.models import Registration
from halkhata.records.warranty.policies import require
from halkhata.records.warranty.services.cards import card_of
from halkhata.records.warranty.services.covers import start_covers
from halkhata.records.warranty.services.flags import raise_flag

PREFIX = "W"


def note_registration(
    *,
    actor: Actor | None,
    serial: str,
    bought_on: date,
    channel: str,
    branch: Branch,
    phone: str = "",
    person_name: str = "",
    product: Product | None = None,
    product_text: str = "",
    sold_by: str = "",
    invoice_no: str = "",
    photo: StoredFile | None = None,
    customer: Customer | None = None,
    work_number: str = "",
    key: str = "",
    is_demo: bool = False,
) -> Registration:
    """Write down that somebody says they bought this serial number on that day. Nobody has checked it yet.

    The same ``key`` twice is one registration. Raises DomainError ``no_serial``, ``in_future``, and that of a phone
    number that is none.
    """
    if isinstance(actor, User):
        require(actor, "warranty.register")
    typed, folded = clean_text(serial, max_length=64), fold_identifier(serial)[:64]
    if not folded:
        raise DomainError("no_serial", _("Write the serial number; it stands on the sticker."), field="serial")
    if bought_on > today():
        raise DomainError("in_future", _("This day has not come yet."), field="bought_on")
    number = parse_phone(phone).e164 if clean_text(phone) else ""
    with transaction.atomic():
        known = Registration.objects.filter(key=key).first() if key else None
        if known is not None:
            return known
        unit = _unit_of(folded, product)
        registration = Registration.objects.create(
            number=next_number(PREFIX),
            branch=branch,
            unit=unit,
            product=product or (unit.product if unit else None),
            product_text=clean_text(product_text, max_length=120),
            serial=typed,
            serial_folded=folded,
            customer=customer,
            person_name=clean_text(person_name, max_length=120),
            phone=number,
            bought_on=bought_on,
            sold_by=clean_text(sold_by, max_length=120),
            invoice_no=clean_text(invoice_no, max_length=60),
            photo=photo,
            channel=channel,
            work_number=work_number,
            key=key,
            created_by=actor if isinstance(actor, User) else None,
            created_at=now(),
            is_demo=is_demo,
        )
        record(
            actor=actor, action="registration.note", record=registration,
            after={"serial": typed, "bought_on": bought_on, "channel": channel},
        )  # fmt: skip
        _flag_second(registration, unit)
    return registration


def verify_registration(
    *,
    actor: User,
    registration: Registration,
    version: int | None = None,
    unit: Unit | None = None,
    product: Product | None = None,
    customer: Customer | None = None,
    bought_on: date | None = None,
    note: str = "",
) -> Registration:
    """The papers are good: the unit is written down if it is new, is the customer's, and its covers run.

    ``unit`` chooses between units of one number; ``product`` is needed for a serial number the shop does not know;
    ``bought_on`` corrects the day by the bill. Raises Conflict ``decided`` and ``owned_by_other`` (hand the unit over
    instead), DomainError ``no_product``, ``possible_duplicate`` (the ``note`` says why), PermissionRefused, NotFound.
    """
    require(actor, "warranty.register")
    with transaction.atomic():
        held = _held(actor, registration, version)
        chosen = unit or held.unit
        if chosen is not None:
            require(actor, "warranty.register", chosen)
        person = customer or held.customer or _person(actor, held, chosen, note)
        day = bought_on or held.bought_on
        if chosen is None:
            model = product or held.product
            if model is None:
                raise DomainError("no_product", _("Choose the product: this serial number is new here."),
                                  field="product")  # fmt: skip
            code = next((str(entry["code"]) for entry in model.kind.identifiers), "serial")
            chosen = create_unit(
                actor=actor, product=model, identifiers={code: held.serial}, branch=held.branch, is_demo=held.is_demo
            )
        if chosen.owner_id is not None and person is not None and not _same(chosen.owner_id, person):
            raise Conflict(
                "owned_by_other",
                _("The unit %(unit)s is registered for somebody else. With that person's consent, hand it over there.")
                % {"unit": shown_ref(chosen.number)},
                unit_number=chosen.number,
            )
        if chosen.owner_id is None and person is not None and chosen.state == UnitState.IN_STOCK:
            give_unit(actor=actor, unit=chosen, to=person, on=day, how=OwnedHow.REGISTERED)
            chosen.refresh_from_db()
        covers = start_covers(actor=actor, unit=chosen, starts_on=chosen.sold_on or day)
        card_of(chosen)
        held.unit, held.product, held.customer, held.bought_on = chosen, chosen.product, person, day
        _decide(held, actor, EvidenceState.VERIFIED, note)
        record(
            actor=actor, action="registration.verify", record=held, before={"state": "unverified"},
            after={"state": "verified", "unit": chosen.number, "bought_on": day, "covers": len(covers)}, note=note,
        )  # fmt: skip
        write_life(
            actor=actor, unit=chosen, verb="warranty.registered",
            data={"number": held.number, "channel": held.channel}, url=f"/warranty/registrations/{held.number}/",
        )  # fmt: skip
    return held


def reject_registration(
    *, actor: User, registration: Registration, reason: str, note: str = "", version: int | None = None
) -> Registration:
    """The papers are not good, for a named reason. Nothing begins. Raises DomainError ``no_reason``, ``no_note``;
    Conflict ``decided``."""
    require(actor, "warranty.register")
    if reason not in RejectReason.values:
        raise DomainError("no_reason", _("Choose why."), field="reason")
    if reason == RejectReason.OTHER and not clean_text(note):
        raise DomainError("no_note", _("Write the reason: the customer is told."), field="note")
    with transaction.atomic():
        held = _held(actor, registration, version)
        held.reject_reason = reason
        _decide(held, actor, EvidenceState.REJECTED, note)
        record(
            actor=actor, action="registration.reject", record=held, before={"state": "unverified"},
            after={"state": "rejected", "reason": reason}, note=note,
        )  # fmt: skip
    return held


def register_sale(
    *, actor: Actor | None, unit: Unit, customer: Customer, bought_on: date, invoice_no: str, key: str
) -> Registration:
    """The sale itself is the best evidence: registered and verified with it, nothing to type again (US-06)."""
    with transaction.atomic():
        known = Registration.objects.filter(key=key).first()
        if known is not None:
            return known
        serial = unit.identifiers.order_by("pk").values_list("value", flat=True).first() or unit.number
        card_of(unit)
        return Registration.objects.create(
            number=next_number(PREFIX), branch=unit.branch, unit=unit, product=unit.product, serial=serial[:64],
            serial_folded=fold_identifier(serial)[:64], customer=customer, bought_on=bought_on,
            invoice_no=clean_text(invoice_no, max_length=60), channel=Channel.INVOICE, state=EvidenceState.VERIFIED,
            decided_by=actor if isinstance(actor, User) else None, decided_at=now(), key=key,
            created_by=actor if isinstance(actor, User) else None, created_at=now(), is_demo=unit.is_demo,
        )  # fmt: skip


def confirm_phone(*, work_number: str) -> int:
    """The one-time code of this case was typed in: the number is the sender's. Returns how many registrations."""
    if not work_number:
        return 0
    return Registration.objects.filter(work_number=work_number, phone_confirmed_at__isnull=True).update(
        phone_confirmed_at=now()
    )


def _held(actor: User, registration: Registration, version: int | None) -> Registration:
    held = Registration.objects.visible_to(actor).filter(pk=registration.pk).select_for_update(of=("self",)).first()
    if held is None:
        raise Conflict("gone", _("This registration is not there any more."))
    if held.state != EvidenceState.UNVERIFIED:
        raise Conflict("decided", _("Somebody has decided this already."))
    if version is not None and held.version != version:
        raise Conflict("changed_meanwhile", _("Somebody has changed this meanwhile. Please look again."))
    return held


def _decide(held: Registration, actor: User, state: str, note: str) -> None:
    held.state, held.decided_by, held.decided_at = state, actor, now()
    held.decision_note = clean_text(note, max_length=500)
    held.version += 1
    held.save()
    publish(
        RegistrationDecided(
            registration_id=held.pk,
            number=held.number,
            work_number=held.work_number,
            state=state,
            reason=held.reject_reason,
            decided_by_id=actor.pk,
        )
    )


def _person(actor: User, held: Registration, unit: Unit | None, note: str) -> Customer | None:
    """Whoever has the phone number, else a new customer of that name; nobody without a number.

    Where the unit itself is not somebody else's (that is refused anyhow), a serial number that somebody owns is a sign
    of a double: the note says why it is another person. Raises DomainError ``possible_duplicate``.
    """
    if not held.phone:
        return None
    known = find_by_contact(ContactKind.PHONE, held.phone)
    if known is not None:
        return known
    is_free = unit is None or unit.owner_id is None
    return create_customer(
        actor=actor, name_bn=held.person_name or held.phone, phones=[held.phone], branch=held.branch,
        serials=[held.serial] if is_free else [], confirm_duplicate=note,
    )  # fmt: skip


def _same(owner_id: int, person: Customer) -> bool:
    return owner_id in {person.pk, person.merged_into_id}


def _unit_of(folded: str, product: Product | None) -> Unit | None:
    """The one unit of this number; None when there is none, or several of different models."""
    rows = UnitIdentifier.objects.filter(folded=folded)
    if product is not None:
        rows = rows.filter(product=product)
    ids = set(rows.values_list("unit_id", flat=True)[:2])
    return Unit.objects.select_related("product").get(pk=ids.pop()) if len(ids) == 1 else None


def _flag_second(registration: Registration, unit: Unit | None) -> None:
    """The number is registered for somebody else, or twice by different phones: people should look."""
    if unit is None:
        return
    others = unit.registrations.exclude(pk=registration.pk).exclude(state=EvidenceState.REJECTED)
    foreign = [other for other in others if other.phone != registration.phone or not registration.phone]
    same_person = registration.customer_id is not None and registration.customer_id == unit.owner_id
    if foreign and not same_person:
        raise_flag(
            unit=unit, kind=FlagKind.REGISTERED_TWICE, key=registration.number,
            data={"number": registration.number, "before": foreign[0].number},
        )  # fmt: skip
