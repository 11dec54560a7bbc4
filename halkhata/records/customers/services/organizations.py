"""Writing down and changing organizations."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text, search_key
from halkhata.records.customers.choices import SearchKind
from halkhata.records.customers.events import OrganizationChanged, OrganizationCreated
from halkhata.records.customers.models import ContactPoint, Organization, OrganizationKey
from halkhata.records.customers.policies import refuse_unless_may_edit
from halkhata.records.customers.services.contacts import read_contacts, region_of, store_contacts
from halkhata.records.customers.services.locking import lock_organization, lock_values
from halkhata.records.customers.services.names import NAME_LENGTH, place_names
from halkhata.records.customers.services.search_index import index_organization

CHANGEABLE = ("name_bn", "name_en", "note")


@transaction.atomic
def create_organization(
    *,
    actor: Any,
    name_bn: str = "",
    name_en: str = "",
    branch: Branch | None = None,
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    note: str = "",
    is_demo: bool = False,
) -> Organization:
    """Write an organization down. Raises PermissionRefused and DomainError "name_missing", phone and e-mail errors."""
    refuse_unless_may_edit(actor)
    name_bn, name_en = place_names(name_bn, name_en)
    _refuse_nameless(name_bn, name_en)
    contacts = read_contacts(phones=phones, emails=emails, region=region_of(branch, actor))
    if branch is None and isinstance(actor, User):
        branch = actor.branch
    organization = Organization.objects.create(
        name_bn=name_bn, name_en=name_en, branch=branch, note=clean_text(note, multiline=True), is_demo=is_demo
    )
    store_contacts(organization, contacts)
    index_organization(organization)
    trail.record(
        actor=actor,
        action="organization.create",
        record=organization,
        after={"name_bn": name_bn, "name_en": name_en, "contacts": [contact.value for contact in contacts]},
    )
    publish(
        OrganizationCreated(
            organization_id=organization.pk, name_bn=name_bn, name_en=name_en, branch_id=organization.branch_id
        )
    )
    return organization


@transaction.atomic
def update_organization(
    *,
    actor: Any,
    organization: Organization,
    version: int,
    phone: str | None = None,
    email: str | None = None,
    **changes: Any,
) -> Organization:
    """Change names and note; ``phone`` and ``email`` replace the first contact of their kind ("" removes it).

    Raises PermissionRefused, NotFound, Conflict "changed_meanwhile", DomainError, and TypeError for a name that is no
    field.
    """
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    organization = lock_organization(actor=actor, pk=organization.pk, version=version)
    before = {name: getattr(organization, name) for name in CHANGEABLE}
    after = {**before, **changes}
    after["name_bn"], after["name_en"] = place_names(after["name_bn"], after["name_en"])
    after["note"] = clean_text(after["note"], multiline=True)
    _refuse_nameless(after["name_bn"], after["name_en"])
    changed = {name for name in CHANGEABLE if before[name] != after[name]}
    for kind, typed in (("phone", phone), ("email", email)):
        contact = _replace_contact(actor, organization, kind, typed)
        if contact:
            before[kind], after[kind] = contact
            changed.add(kind)
    if not changed:
        return organization
    for name in changed & set(CHANGEABLE):
        setattr(organization, name, after[name])
    organization.version += 1
    organization.updated_at = now()
    organization.save()
    index_organization(organization)
    names = sorted(changed)
    trail.record(
        actor=actor,
        action="organization.update",
        record=organization,
        before={name: before[name] for name in names},
        after={name: after[name] for name in names},
    )
    publish(OrganizationChanged(organization_id=organization.pk, fields=tuple(names)))
    return organization


def find_or_create_organization(
    *, actor: Any, name: str, branch: Branch | None = None, is_demo: bool = False
) -> Organization | None:
    """The organization of that name (in either language, however it is typed), else a new one; None for no name.

    Must run in a transaction. Only organizations the actor sees are taken.
    """
    name = clean_text(name, max_length=NAME_LENGTH)
    folded = search_key(name)
    if not folded:
        return None
    lock_values([f"organization:{folded}"])
    words = folded.split()
    rows = Organization.objects.visible_to(actor) if isinstance(actor, User) else Organization.objects.all()
    # The index finds those with the first word; the whole name is compared here, folded alike on both sides.
    holders = OrganizationKey.objects.filter(kind=SearchKind.WORD, key=words[0]).values("organization_id")
    last = OrganizationKey.objects.filter(kind=SearchKind.WORD, key=words[-1]).values("organization_id")
    for organization in rows.filter(Q(pk__in=holders), Q(pk__in=last)).order_by("id"):
        if folded in (search_key(organization.name_bn), search_key(organization.name_en)):
            return organization
    return create_organization(actor=actor, name_bn=name, branch=branch, is_demo=is_demo)


def _replace_contact(actor: Any, organization: Organization, kind: str, typed: str | None) -> tuple[str, str] | None:
    """Replace the first contact of a kind. Returns (before, after), or None when nothing changed."""
    if typed is None:
        return None
    emails, phones = ([typed], []) if kind == "email" else ([], [typed])
    read = read_contacts(phones=phones, emails=emails, region=region_of(organization.branch, actor))
    old = ContactPoint.objects.filter(organization=organization, kind=kind).first()
    before, after = old.value if old else "", read[0].value if read else ""
    if before == after:
        return None
    ContactPoint.objects.filter(organization=organization, kind=kind, value__in=[before, after]).delete()
    store_contacts(organization, read[:1])
    return before, after


def _refuse_nameless(name_bn: str, name_en: str) -> None:
    if not (name_bn or name_en):
        raise DomainError("name_missing", _("Write the name of the organization."), field="name_bn")
