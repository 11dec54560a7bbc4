"""Writing down and changing customers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.fields.services.tags import hang_tags
from halkhata.foundation.fields.services.values import fill_in
from halkhata.records.customers.choices import ContactKind, Honorific, PreferredChannel
from halkhata.records.customers.emails import parse_email
from halkhata.records.customers.events import CustomerChanged, CustomerCreated
from halkhata.records.customers.models import Customer, CustomerTag, Organization
from halkhata.records.customers.policies import branches_open_to, refuse_unless_may_edit
from halkhata.records.customers.selectors.customers import find_by_contact
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.addresses import store_address
from halkhata.records.customers.services.contacts import (
    ReadContact,
    add_contact_point,
    mark_unreachable,
    read_contacts,
    refuse_duplicates,
    region_of,
    remove_contact_point,
    store_contacts,
)
from halkhata.records.customers.services.former import keep_former_names
from halkhata.records.customers.services.households import join_household
from halkhata.records.customers.services.locking import lock_customer, lock_values
from halkhata.records.customers.services.names import place_names
from halkhata.records.customers.services.organizations import find_or_create_organization
from halkhata.records.customers.services.papers import index_papers
from halkhata.records.customers.services.search_index import Newcomer, index_customer, index_newcomers

__all__ = [
    "CHANGEABLE",
    "add_contact_point",
    "create_customer",
    "find_by_contact",
    "find_or_create_sender",
    "mark_unreachable",
    "remove_contact_point",
    "update_customer",
]

CHANGEABLE = (
    "name_bn",
    "name_en",
    "honorific",
    "language",
    "preferred_channel",
    "preferred_hours",
    "organization",
    "organization_role",
    "branch",
    "home_team",
    "note",
)
SHORT_TEXT_LENGTH = 80
_CHOICES: dict[str, Any] = {"honorific": Honorific, "language": Language, "preferred_channel": PreferredChannel}


@transaction.atomic
def create_customer(
    *,
    actor: Any,
    name_bn: str = "",
    name_en: str = "",
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    language: str = "bn",
    honorific: str = "",
    branch: Branch | None = None,
    organization: Organization | None = None,
    organization_name: str = "",
    organization_role: str = "",
    preferred_channel: str = "",
    preferred_hours: str = "",
    home_team: Team | None = None,
    address: dict[str, str] | None = None,
    note: str = "",
    is_demo: bool = False,
    created_at: datetime | None = None,
    confirm_duplicate: str = "",
    family_of: Customer | None = None,
    custom: dict[str, Any] | None = None,
    tags: Iterable[str] | None = None,
    is_unknown: bool = False,
    serials: Iterable[str] = (),
) -> Customer:
    """Write a customer down. ``phones`` and ``emails`` are as typed; at least a name, a number or an address is needed.

    Without ``branch`` a user's customer belongs to the user's branch; ``organization_name`` finds or makes the
    organization; with ``family_of`` (who shares the number) the two become one household. ``is_unknown``: the caller
    holds the locks on all numbers and addresses (``lock_values``) and found nobody who has one. ``serials`` are numbers
    of units that the newcomer names: one that somebody owns is a sign of a double as a phone number is.

    Raises PermissionRefused, and DomainError: "nothing_known"; "possible_duplicate" with ``matches`` when a number,
    address or serial number is known and ``confirm_duplicate`` gives no reason; phone and e-mail errors with ``field``.
    """
    refuse_unless_may_edit(actor)
    if branch is None and isinstance(actor, User):
        branch = actor.branch
    _refuse_foreign_branch(actor, branch, unless=None)
    contacts = read_contacts(phones=phones, emails=emails, region=region_of(branch, actor))
    values = _clean(
        {
            "name_bn": name_bn,
            "name_en": name_en,
            "honorific": honorific,
            "language": language,
            "preferred_channel": preferred_channel,
            "preferred_hours": preferred_hours,
            "organization_role": organization_role,
            "note": note,
        }
    )
    if not (values["name_bn"] or values["name_en"] or contacts):
        raise DomainError("nothing_known", _("Write at least a name, a phone number or an e-mail address."))
    matches = (
        []
        if is_unknown
        else refuse_duplicates(actor=actor, contacts=contacts, confirmed=confirm_duplicate, serials=serials)
    )
    organization = organization or find_or_create_organization(
        actor=actor, name=organization_name, branch=branch, is_demo=is_demo
    )
    at = created_at or now()
    customer = Customer.objects.create(
        **values,
        branch=branch,
        organization=organization,
        home_team=home_team,
        created_by=actor if isinstance(actor, User) else None,
        created_at=at,
        updated_at=at,
        is_demo=is_demo,
    )
    store_contacts(customer, contacts, are_unknown=is_unknown)
    if address:
        store_address(customer, address)
    known_by = [(contact.kind, contact.value) for contact in contacts]
    index_newcomers([Newcomer(customer.pk, (customer.name_bn, customer.name_en), known_by)])
    if family_of is not None:
        join_household(actor=actor, customer=customer, relative=family_of)
    if custom is not None and fill_in(actor=actor, target="customer", record=customer, values=custom, tell=False):
        index_papers([customer.pk])
    if tags is not None:
        hang_tags(actor=actor, target="customer", record=customer, names=tags, tell=False)
    _tell_of_creation(actor, customer, contacts, at, address or {}, matches, confirm_duplicate)
    return customer


@transaction.atomic
def update_customer(*, actor: Any, customer: Customer, version: int, **changes: Any) -> Customer:
    """Change the customer's own record: any of CHANGEABLE, ``organization_name`` and ``address`` (a dict).

    ``custom`` (fields of the shop's own, by code) and ``tags`` (all names) too; with ``custom``, even empty, the shop's
    rules are asked. What stays the same is not written. Raises PermissionRefused, NotFound, Conflict
    "changed_meanwhile" (with ``current``), DomainError, and TypeError for a name that is no field.
    """
    unknown = set(changes) - set(CHANGEABLE) - {"organization_name", "address", "custom", "tags"}
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    customer = lock_customer(actor=actor, pk=customer.pk, version=version)
    before = {name: getattr(customer, name) for name in CHANGEABLE}
    address = changes.pop("address", None) or {}
    custom, tags = changes.pop("custom", None), changes.pop("tags", None)
    if "organization_name" in changes:
        changes["organization"] = _organization_named(actor, customer, changes.pop("organization_name"))
    after = _clean({**before, **changes})
    _refuse_foreign_branch(actor, after["branch"], unless=before["branch"])
    if not (after["name_bn"] or after["name_en"] or customer.contact_points.exists()):
        raise DomainError(
            "nothing_known", _("Write at least a name, a phone number or an e-mail address."), field="name_bn"
        )
    changed = [name for name in CHANGEABLE if before[name] != after[name]]
    for name in changed:
        setattr(customer, name, after[name])
    for name, (old, new) in store_address(customer, address).items():
        changed.append(f"address.{name}")
        before[f"address.{name}"], after[f"address.{name}"] = old, new
    own = _store_own(actor, customer, custom, tags)
    if not changed and not own:
        return customer
    customer.version += 1
    customer.updated_at = now()
    customer.save()
    if {"name_bn", "name_en"} & set(changed):
        keep_former_names(customer, (before["name_bn"], before["name_en"]))
    index_customer(customer)
    if changed:
        trail.record(
            actor=actor,
            action="customer.update",
            record=customer,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    changed += own
    record_activity(customer=customer, verb="customer.changed", data={"fields": changed}, actor=actor)
    publish(CustomerChanged(customer_id=customer.pk, fields=tuple(changed)))
    return customer


@transaction.atomic
def find_or_create_sender(
    *, actor: Any, address: str, name: str = "", language: str = "bn", branch: Branch | None = None
) -> Customer:
    """The customer who writes from ``address``, else a new one of that name. Raises DomainError "invalid_email"."""
    email = parse_email(address)
    # Two messages from a stranger, processed at once, make one customer.
    lock_values([f"{ContactKind.EMAIL}:{email.value}"])
    known = find_by_contact(ContactKind.EMAIL, email.value)
    if known is not None:
        return known
    name = clean_text(name)
    if "@" in name:
        name = ""  # mail programs repeat the address where they know no name
    return create_customer(
        actor=actor,
        name_bn=name,
        emails=[email.value],
        language=language,
        branch=branch,
        preferred_channel=PreferredChannel.EMAIL.value,
        is_unknown=True,
    )


def _store_own(actor: Any, customer: Customer, custom: dict[str, Any] | None, tags: Iterable[str] | None) -> list[str]:
    """Fields of the shop's own and tags, and what the rules say of the whole; the audit entries are theirs."""
    own = []
    if custom is not None:
        codes = fill_in(actor=actor, target="customer", record=customer, values=custom, tell=False)
        own += [f"custom.{code}" for code in codes]
    if tags is not None:
        worn = set(CustomerTag.objects.filter(record=customer).values_list("tag__name", flat=True))
        if set(hang_tags(actor=actor, target="customer", record=customer, names=tags, tell=False)) != worn:
            own.append("tags")
    return own


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    """The values fit to store. Raises DomainError "unknown_choice" with the field."""
    values = dict(values)
    values["name_bn"], values["name_en"] = place_names(values["name_bn"], values["name_en"])
    values["note"] = clean_text(values["note"], multiline=True)
    for name in ("preferred_hours", "organization_role"):
        values[name] = clean_text(values[name], max_length=SHORT_TEXT_LENGTH)
    for name, choices in _CHOICES.items():
        allowed = set(choices.values) | ({""} if name != "language" else set())
        if values[name] not in allowed:
            raise DomainError("unknown_choice", _("Choose one of the list."), field=name)
        values[name] = str(values[name])
    return values


def _refuse_foreign_branch(actor: Any, branch: Branch | None, *, unless: Branch | None) -> None:
    if branch is None or branch == unless or not isinstance(actor, User) or branch.pk == actor.branch_id:
        return
    if not branches_open_to(actor).filter(pk=branch.pk).exists():
        raise DomainError("branch_not_yours", _("You cannot give a customer to this branch."), field="branch")


def _organization_named(actor: Any, customer: Customer, name: str) -> Organization | None:
    """The organization called ``name``; the customer's own one stays as long as its name is what was typed."""
    own = customer.organization
    if own is not None and clean_text(name) in (own.name_bn, own.name_en) and clean_text(name):
        return own
    return find_or_create_organization(actor=actor, name=name, branch=customer.branch, is_demo=customer.is_demo)


def _tell_of_creation(
    actor: Any,
    customer: Customer,
    contacts: list[ReadContact],
    at: datetime,
    address: dict[str, str],
    matches: list[Any],
    reason: str,
) -> None:
    after = {name: getattr(customer, name) for name in CHANGEABLE if getattr(customer, name)}
    after["contacts"] = [contact.value for contact in contacts]
    if any(text for name, text in address.items() if name != "country"):
        after["address"] = address
    note = f"known already as {', '.join(str(match.customer.pk) for match in matches)}: {reason}" if matches else ""
    trail.record(actor=actor, action="customer.create", record=customer, after=after, note=note)
    record_activity(customer=customer, verb="customer.created", actor=actor, at=at)
    publish(
        CustomerCreated(
            customer_id=customer.pk,
            name_bn=customer.name_bn,
            name_en=customer.name_en,
            language=customer.language,
            branch_id=customer.branch_id,
            created_by_id=customer.created_by_id,
        )
    )
