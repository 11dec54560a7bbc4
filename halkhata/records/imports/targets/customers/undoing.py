"""An import is taken back: what it made goes, what it changed becomes what it was; what was used since stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import ManyToOneRel, OneToOneRel

from halkhata.foundation.audit import trail
from halkhata.foundation.core.bulk_rows import delete_rows
from halkhata.foundation.core.outbox import publish_all
from halkhata.records.customers.models import (
    Activity,
    Address,
    ContactPoint,
    Customer,
    ExternalId,
    Organization,
    OrganizationKey,
    OrganizationText,
    SearchKey,
    SearchText,
)
from halkhata.records.customers.models_fields import CustomerTag, CustomerValue
from halkhata.records.customers.registry import customer_links
from halkhata.records.customers.services.owners import pass_on
from halkhata.records.customers.services.search_index import index_customers
from halkhata.records.imports.choices import Outcome
from halkhata.records.imports.events import CustomersTakenBack
from halkhata.records.imports.models import ImportedRow, ImportRun
from halkhata.records.imports.targets.customers.completing import COMPLETED, FIELDS
from halkhata.records.imports.targets.customers.firms import ORGANIZATION
from halkhata.records.imports.targets.customers.own_fields import delete_own, restore_own
from halkhata.records.imports.targets.customers.reading import MODEL
from halkhata.records.imports.targets.customers.tags import drop_brought_tags, take_off, take_off_all
from halkhata.records.imports.targets.customers.writing import MADE

# What an import writes about a customer, and what is derived from that: it goes with the customer.
OWN = (SearchKey, SearchText, ContactPoint, Address, ExternalId, Activity)


def undo_customers(run: ImportRun, actor: Any, written: Sequence[ImportedRow]) -> dict[int, str]:
    """Take back these rows of the ledger, the newest first. Returns {id of the ledger's row: why it was left}."""
    kept: dict[int, str] = {}
    made = [row for row in written if row.model == MODEL and row.outcome == Outcome.CREATED]
    changed = [row for row in written if row.model == MODEL and row.outcome == Outcome.CHANGED]
    # A changed one first: it may have been changed and made by the same import.
    kept |= _restore(run, actor, changed)
    kept |= _remove(run, made)
    kept |= _remove_organizations([row for row in written if row.model == ORGANIZATION])
    drop_brought_tags(row.before for row in written if row.model == MODEL)
    return kept


def _remove(run: ImportRun, rows: Sequence[ImportedRow]) -> dict[int, str]:
    if not rows:
        return {}
    ids = [row.record_id for row in rows]
    there = {one.pk: one for one in Customer.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")}
    untouched = {
        pk
        for pk, one in there.items()
        if one.version == 1 and one.updated_at == one.created_at and one.merged_into_id is None
    }
    used = _used(untouched)
    going = sorted(untouched - used)
    owned = list(ContactPoint.objects.filter(customer_id__in=going, is_owner=True).values_list("kind", "value"))
    delete_own(going)
    take_off_all(going)
    for model in OWN:
        delete_rows(model._default_manager.filter(customer_id__in=going))
    for link, field in _derived():
        delete_rows(link._default_manager.filter(**{f"{field}__in": going}))
    delete_rows(Customer.objects.filter(pk__in=going))
    _pass_on(owned)
    if going:
        publish_all([CustomersTakenBack(run_id=run.pk, customer_ids=tuple(going))])
    gone = set(going)
    return {
        row.pk: "used" if row.record_id in used else "changed_since"
        for row in rows
        if row.record_id in there and row.record_id not in gone
    }


def _pass_on(owned: Sequence[tuple[str, str]]) -> None:
    """Numbers whose owner went and that somebody else has, too, get the next owner."""
    values = [value for _kind, value in owned]
    left = ContactPoint.objects.filter(value__in=values, customer__isnull=False).values_list("kind", "value")
    for kind, value in set(left) & set(owned):
        pass_on(kind, value)


def _used(ids: set[int]) -> set[int]:
    """Those on whom something hangs that the import did not write: a ticket, a message, a household, another record."""
    used: set[int] = set()
    derived = {(model, field) for model, field in _derived()}
    for relation in Customer._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel | OneToOneRel) or not isinstance(relation.related_model, type):
            continue
        model, field = relation.related_model, relation.field.attname
        if not ids or model in (*OWN, CustomerValue, CustomerTag) or (model, field) in derived:
            continue
        rows = model._default_manager.filter(**{f"{field}__in": ids})
        used |= set(rows.values_list(field, flat=True).distinct())
    others = Activity.objects.filter(customer_id__in=ids).exclude(verb__in=[MADE, COMPLETED])
    return used | set(others.values_list("customer_id", flat=True).distinct())


def _derived() -> list[tuple[Any, str]]:
    """Tables that are made again from a customer (scores, candidates, memberships) and go with it."""
    from django.apps import apps

    found = []
    for link in customer_links:
        model = apps.get_model(link.model_label)
        if (link.on_merge == "rebuild" or link.is_derived) and model not in OWN:
            found.append((model, model._meta.get_field(link.field).attname))
    return found


def _remove_organizations(rows: Sequence[ImportedRow]) -> dict[int, str]:
    kept: dict[int, str] = {}
    for row in rows:
        firm = Organization.objects.select_for_update(of=("self",)).filter(pk=row.record_id).first()
        if firm is None:
            continue
        if firm.version != 1 or _organization_used(firm.pk):
            kept[row.pk] = "used"
            continue
        delete_rows(OrganizationKey.objects.filter(organization_id=firm.pk))
        delete_rows(OrganizationText.objects.filter(organization_id=firm.pk))
        delete_rows(Organization.objects.filter(pk=firm.pk))
    return kept


def _organization_used(pk: int) -> bool:
    for relation in Organization._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel | OneToOneRel) or not isinstance(relation.related_model, type):
            continue
        model = relation.related_model
        if model in (OrganizationKey, OrganizationText):
            continue
        if model._default_manager.filter(**{relation.field.attname: pk}).exists():
            return True
    return False


def _restore(run: ImportRun, actor: Any, rows: Sequence[ImportedRow]) -> dict[int, str]:
    kept: dict[int, str] = {}
    if not rows:
        return kept
    people = {
        one.pk: one
        for one in Customer.objects.select_for_update(of=("self",))
        .filter(pk__in=[row.record_id for row in rows])
        .order_by("pk")
    }
    back: dict[int, Customer] = {}
    entries = []
    for row in sorted(rows, key=lambda one: -one.pk):
        customer, image = people.get(row.record_id), row.before or {}
        if customer is None:
            continue
        if row.before is None:
            # What stood there before is not kept any more (30 days, or an erasure).
            kept[row.pk] = "forgotten"
            continue
        # A field that somebody changed meanwhile keeps what they wrote.
        mine = {
            name: old for name, (old, new) in image.get("fields", {}).items() if getattr(customer, name, None) == new
        }
        alone = customer.version == image.get("after_version")
        for name, old in mine.items():
            setattr(customer, name, old)
        if alone:
            customer.version = image["version"]
            customer.updated_at = datetime.fromisoformat(image["updated_at"])
        elif mine:
            customer.version = customer.version + 1
        customer.save(update_fields=[*mine, "version", "updated_at"])
        _restore_home(image.get("home", {}))
        ContactPoint.objects.filter(pk__in=image.get("points", ()), customer=customer).delete()
        if image.get("own"):
            restore_own(actor, customer, image["own"])
        take_off(customer.pk, image.get("tags") or {})
        ExternalId.objects.filter(pk__in=image.get("external", ()), customer=customer).delete()
        if image.get("activity"):
            Activity.objects.filter(pk=image["activity"], customer=customer, verb=COMPLETED).delete()
        if len(mine) < len(image.get("fields", {})):
            kept[row.pk] = "changed_since"
        back[customer.pk] = customer
        entries.append(
            trail.entry_for(
                actor=actor, action="customer.import_undo", record=customer,
                after={name: old for name, old in mine.items() if name in FIELDS},
                note=f"import {run.pk}, row {row.row}",
            )
        )  # fmt: skip
    index_customers(back.values())
    trail.write_entries(entries)
    return kept


def _restore_home(home: dict[str, Any]) -> None:
    if "made" in home:
        Address.objects.filter(pk=home["made"]).delete()
    for name, (old, new) in home.get("fields", {}).items():
        Address.objects.filter(pk=home["changed"], **{name: new}).update(**{name: old})
