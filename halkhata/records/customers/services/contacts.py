"""How customers and organizations are reached: numbers and addresses, typed and normalised."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.phones import parse_phone, split_phones
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.emails import parse_email
from halkhata.records.customers.events import ContactPointAdded, ContactPointRemoved, ContactPointUnreachable
from halkhata.records.customers.models import ContactPoint, Customer, Organization
from halkhata.records.customers.selectors.duplicates import DuplicateMatch, find_duplicates
from halkhata.records.customers.selectors.households import share_household
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.former import is_current_again, keep_former
from halkhata.records.customers.services.households import join_household
from halkhata.records.customers.services.locking import lock_customer, lock_values
from halkhata.records.customers.services.owners import claim_unowned, pass_on
from halkhata.records.customers.services.search_index import index_customer

CLOSED_BLOCK = "closed_block"  # stored as the reason; pages translate it


@dataclass(frozen=True, slots=True)
class ReadContact:
    """A contact as typed, read and checked, not stored yet."""

    kind: str
    typed: str
    value: str
    label: str
    is_reachable: bool = True


def region_of(branch: Branch | None, actor: Any = None) -> str:
    """The country (ISO 3166) that says how to read a number without a country code: branch's, actor's, install's."""
    if branch is not None:
        return branch.country
    if isinstance(actor, User):
        return actor.branch.country
    return Installation.current().country


def read_contact(*, kind: str, typed: str, region: str, label: str = "", field: str | None = None) -> ReadContact:
    """Read one typed contact. Words in brackets become the label unless ``label`` is given.

    Raises DomainError for ``field`` (codes of core.phones.PhoneError, "invalid_email", "empty", "unknown_kind").
    """
    try:
        if kind == ContactKind.PHONE:
            phone = parse_phone(typed, region=region)
            read = ReadContact(kind, phone.typed[:254], phone.e164, phone.label, phone.reachable)
        elif kind == ContactKind.EMAIL:
            email = parse_email(typed)
            read = ReadContact(kind, email.typed, email.value, email.label)
        else:
            raise DomainError("unknown_kind", _("A customer is reached by phone or e-mail."))
    except DomainError as error:
        raise DomainError(error.code, error.message, field=field or kind, **error.data) from error
    label = clean_text(label or read.label, max_length=60) if label or read.label else ""
    return ReadContact(kind, read.typed, read.value, label, read.is_reachable)


def read_contacts(*, phones: Iterable[str], emails: Iterable[str], region: str) -> list[ReadContact]:
    """Read all numbers and addresses of a new record; a field with several numbers gives several; no value twice."""
    read = [
        read_contact(kind=ContactKind.PHONE, typed=part, region=region, field="phone")
        for typed in phones
        for part in split_phones(typed)
    ]
    read += [
        read_contact(kind=ContactKind.EMAIL, typed=typed, region=region, field="email")
        for typed in emails
        if clean_text(typed)
    ]
    return list({(contact.kind, contact.value): contact for contact in reversed(read)}.values())[::-1]


def store_contacts(
    holder: Customer | Organization, contacts: list[ReadContact], *, are_unknown: bool = False
) -> list[ContactPoint]:
    """Store the first contacts of a new record; the first of each kind is its primary one.

    A customer becomes the owner of those that nobody owns: of all of them when no customer has one (``are_unknown``).
    """
    seen: set[str] = set()
    points = []
    for contact in contacts:
        points.append(_new_point(holder, contact, is_primary=contact.kind not in seen))
        seen.add(contact.kind)
    if are_unknown and isinstance(holder, Customer):
        for point in points:
            point.is_owner = True
    stored = ContactPoint.objects.bulk_create(points)
    if stored and isinstance(holder, Customer) and not are_unknown:
        claim_unowned([holder.pk])
    return stored


def refuse_duplicates(
    *,
    actor: Any,
    contacts: list[ReadContact],
    confirmed: str,
    except_for: Customer | None = None,
    serials: Iterable[str] = (),
) -> list[DuplicateMatch]:
    """Raise DomainError "possible_duplicate" with ``matches`` when a value is known, unless a reason is given.

    A serial number of a unit that somebody owns (``serials``) counts as one.

    People of ``except_for``'s household need no reason: they may share a number.
    """
    lock_values(f"{contact.kind}:{contact.value}" for contact in contacts)
    matches = find_duplicates(
        actor,
        phones=[contact.value for contact in contacts if contact.kind == ContactKind.PHONE],
        emails=[contact.value for contact in contacts if contact.kind == ContactKind.EMAIL],
        serials=serials,
        except_for=except_for,
    )
    if matches and except_for is not None and share_household(except_for, (match.customer.pk for match in matches)):
        return matches
    if matches and not clean_text(confirmed):
        raise DomainError("possible_duplicate", _known_already(matches), matches=matches)
    return matches


def _known_already(matches: list[DuplicateMatch]) -> Any:
    owner = next((match for match in matches if match.serials and not match.values), None)
    if owner is None:
        return _("Somebody with this number or address is here already.")
    if owner.is_hidden:
        return _("The serial number %(serial)s belongs to a customer of another branch.") % {
            "serial": ", ".join(owner.serials)
        }
    return _("The serial number %(serial)s belongs to %(name)s, who is here already.") % {
        "serial": ", ".join(owner.serials),
        "name": owner.customer,
    }


@transaction.atomic
def add_contact_point(
    *,
    actor: Any,
    customer: Customer,
    kind: str,
    typed: str,
    label: str = "",
    primary: bool = False,
    confirm_duplicate: str = "",
    family_of: Customer | None = None,
) -> ContactPoint:
    """Give the customer one more number or address; the first of its kind is the primary one.

    With ``family_of``, who has it already, the two become one household.

    Raises PermissionRefused, NotFound, and DomainError: "contact_known" when this customer has it already,
    "possible_duplicate" (with ``matches``) when somebody else has it and ``confirm_duplicate`` gives no reason, and
    what ``read_contact`` raises.
    """
    customer = lock_customer(actor=actor, pk=customer.pk)
    read = read_contact(kind=kind, typed=typed, region=region_of(customer.branch, actor), label=label, field="typed")
    mine = ContactPoint.objects.filter(customer=customer, kind=kind)
    if mine.filter(value=read.value).exists():
        raise DomainError("contact_known", _("This customer has this number or address already."), field="typed")
    matches = refuse_duplicates(actor=actor, contacts=[read], confirmed=confirm_duplicate, except_for=customer)
    is_primary = primary or not mine.filter(is_primary=True).exists()
    if is_primary:
        mine.update(is_primary=False)
    point = _new_point(customer, read, is_primary=is_primary)
    point.save()
    claim_unowned([customer.pk])
    is_current_again(customer, kind, read.value)
    if family_of is not None:
        join_household(actor=actor, customer=customer, relative=family_of)
    _after_change(customer)
    note = (
        f"shared with {', '.join(str(match.customer.pk) for match in matches)}: {confirm_duplicate}" if matches else ""
    )
    trail.record(actor=actor, action="customer.add_contact", record=customer, after=_values(point), note=note)
    record_activity(
        customer=customer, verb="customer.contact_added", data={"kind": kind, "value": read.value}, actor=actor
    )
    publish(ContactPointAdded(customer_id=customer.pk, kind=kind, value=read.value))
    return point


@transaction.atomic
def remove_contact_point(*, actor: Any, point: ContactPoint) -> None:
    """Take a number or address away from its customer; if it was the primary one, the oldest of its kind follows.

    Raises PermissionRefused and NotFound.
    """
    customer, point = _lock_point(actor, point)
    before = _values(point)
    point.delete()
    if before["is_primary"]:
        heir = (
            ContactPoint.objects.filter(customer=customer, kind=before["kind"]).order_by("-is_reachable", "id").first()
        )
        if heir is not None:
            heir.is_primary = True
            heir.save(update_fields=["is_primary"])
    if before["is_owner"]:
        pass_on(before["kind"], before["value"])
    keep_former(customer, before["kind"], before["typed"], key=before["value"])
    _after_change(customer)
    trail.record(actor=actor, action="customer.remove_contact", record=customer, before=before)
    record_activity(
        customer=customer,
        verb="customer.contact_removed",
        data={"kind": before["kind"], "value": before["value"]},
        actor=actor,
    )
    publish(ContactPointRemoved(customer_id=customer.pk, kind=before["kind"], value=before["value"]))


@transaction.atomic
def describe_contact(*, actor: Any, point: ContactPoint, label: str) -> ContactPoint:
    """Say whose or where a number or address is ("wife", "shop"). Raises PermissionRefused and NotFound."""
    customer, point = _lock_point(actor, point)
    before, point.label = point.label, clean_text(label, max_length=60)
    if before != point.label:
        point.save(update_fields=["label"])
        trail.record(
            actor=actor,
            action="customer.describe_contact",
            record=customer,
            before={"value": point.value, "label": before},
            after={"value": point.value, "label": point.label},
        )
    return point


@transaction.atomic
def make_primary(*, actor: Any, point: ContactPoint) -> ContactPoint:
    """Make this the number or address that is used first. Raises PermissionRefused and NotFound."""
    customer, point = _lock_point(actor, point)
    same_kind = ContactPoint.objects.filter(customer=customer, kind=point.kind)
    before = list(same_kind.filter(is_primary=True).values_list("value", flat=True))
    if before == [point.value]:
        return point
    same_kind.update(is_primary=False)
    point.is_primary = True
    point.save(update_fields=["is_primary"])
    _after_change(customer)
    trail.record(
        actor=actor,
        action="customer.primary_contact",
        record=customer,
        before={"value": before[0] if before else ""},
        after={"value": point.value},
    )
    return point


@transaction.atomic
def mark_unreachable(*, address: str, reason: str) -> int:
    """Mark an address that bounced, wherever it is known. Returns how many contact points were reachable until now."""
    try:
        value = parse_email(address).value
    except DomainError:
        return 0
    points = (
        ContactPoint.objects.select_for_update(of=("self",))
        .filter(kind=ContactKind.EMAIL, value=value, is_reachable=True)
        .select_related("customer", "organization")
        .order_by("id")
    )
    reason = clean_text(reason, max_length=200)
    marked = 0
    for point in points:
        point.is_reachable = False
        point.unreachable_reason = reason
        point.save(update_fields=["is_reachable", "unreachable_reason"])
        holder = point.customer or point.organization
        if holder is not None:
            trail.record(
                actor=trail.SYSTEM,
                action="contact.unreachable",
                record=holder,
                before={"value": value, "is_reachable": True},
                after={"value": value, "is_reachable": False, "reason": reason},
            )
        if point.customer is not None:
            record_activity(
                customer=point.customer, verb="customer.contact_unreachable", data={"value": value, "reason": reason}
            )
            publish(
                ContactPointUnreachable(
                    customer_id=point.customer.pk, kind=ContactKind.EMAIL.value, value=value, reason=reason
                )
            )
        marked += 1
    return marked


def _new_point(holder: Customer | Organization, contact: ReadContact, *, is_primary: bool) -> ContactPoint:
    return ContactPoint(
        customer=holder if isinstance(holder, Customer) else None,
        organization=holder if isinstance(holder, Organization) else None,
        kind=contact.kind,
        typed=contact.typed,
        value=contact.value,
        label=contact.label,
        is_primary=is_primary,
        is_reachable=contact.is_reachable,
        unreachable_reason="" if contact.is_reachable else CLOSED_BLOCK,
        is_demo=holder.is_demo,
    )


def _lock_point(actor: Any, point: ContactPoint) -> tuple[Customer, ContactPoint]:
    if point.customer_id is None:
        raise NotFound("no_such_contact", _("This number or address is not here any more."))
    customer = lock_customer(actor=actor, pk=point.customer_id)
    fresh = ContactPoint.objects.filter(pk=point.pk, customer=customer).first()
    if fresh is None:
        raise NotFound("no_such_contact", _("This number or address is not here any more."))
    return customer, fresh


def _after_change(customer: Customer) -> None:
    # Not ``version``: somebody who edits the name meanwhile has no conflict with a new number.
    customer.updated_at = now()
    customer.save(update_fields=["updated_at"])
    index_customer(customer)


def _values(point: ContactPoint) -> dict[str, Any]:
    return {
        "kind": str(point.kind),
        "typed": point.typed,
        "value": point.value,
        "label": point.label,
        "is_primary": point.is_primary,
        "is_owner": point.is_owner,
    }
