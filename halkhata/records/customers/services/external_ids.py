"""What other systems call a customer: the old shop program's number, a courier's, a spreadsheet's row."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.text import clean_text, search_key
from halkhata.records.customers.models import Customer, ExternalId
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_customer, lock_values
from halkhata.records.customers.services.search_index import index_customer

SYSTEM_LENGTH, VALUE_LENGTH = 40, 120


def system_name(system: str) -> str:
    """The name of a system as it is stored and compared: small letters, tidy."""
    return clean_text(system, max_length=SYSTEM_LENGTH).casefold()[:SYSTEM_LENGTH]


def id_key(value: str) -> str:
    """An id as it is compared: "AB-01", "ab 01" and "AB০১" are one, whatever separates and in whichever digits."""
    return search_key(clean_text(value, max_length=VALUE_LENGTH)).replace(" ", "")[:VALUE_LENGTH]


@transaction.atomic
def add_external_id(*, actor: Any, customer: Customer, system: str, value: str) -> ExternalId:
    """Note that ``system`` calls this customer ``value``; the same again changes nothing.

    Raises PermissionRefused, NotFound, and DomainError "empty" and "external_id_taken" with ``customer_id`` (0 when the
    actor does not see who has it).
    """
    customer = lock_customer(actor=actor, pk=customer.pk)
    system, key = system_name(system), id_key(value)
    for field, text in (("system", system), ("value", key)):
        if not text:
            raise DomainError("empty", _("Write something here."), field=field)
    lock_values([f"external:{system}:{key}"])
    known = ExternalId.objects.filter(system=system, key=key).first()
    if known is not None and known.customer_id == customer.pk:
        return known
    if known is not None:
        rows = Customer.objects.visible_to(actor) if isinstance(actor, User) else Customer.objects.all()
        seen = rows.filter(pk=known.customer_id).exists()
        raise DomainError(
            "external_id_taken",
            _("Another customer has this id in that system."),
            field="value",
            customer_id=known.customer_id if seen else 0,
        )
    found = ExternalId.objects.create(
        customer=customer,
        system=system,
        value=clean_text(value, max_length=VALUE_LENGTH),
        key=key,
        is_demo=customer.is_demo,
    )
    index_customer(customer)
    trail.record(
        actor=actor, action="customer.add_external_id", record=customer, after={"system": system, "id": found.value}
    )
    record_activity(customer=customer, verb="customer.external_id_added", data={"system": system}, actor=actor)
    return found


@transaction.atomic
def remove_external_id(*, actor: Any, found: ExternalId) -> None:
    """Take an id away from its customer. Raises PermissionRefused and NotFound."""
    customer = lock_customer(actor=actor, pk=found.customer_id)
    fresh = ExternalId.objects.filter(pk=found.pk, customer=customer).first()
    if fresh is None:
        raise NotFound("no_such_external_id", _("This id is not here any more."))
    before = {"system": fresh.system, "id": fresh.value}
    fresh.delete()
    index_customer(customer)
    trail.record(actor=actor, action="customer.remove_external_id", record=customer, before=before)


def find_by_external_id(system: str, value: str) -> Customer | None:
    """Whom that system calls so; somebody merged answers as the survivor."""
    found = (
        ExternalId.objects.filter(system=system_name(system), key=id_key(value))
        .select_related("customer__merged_into")
        .first()
    )
    return (found.customer.merged_into or found.customer) if found else None


def customers_by_external_ids(system: str, values: Iterable[str]) -> dict[str, int]:
    """The customer ids of many ids of one system, by the id as it was given; one query. For imports."""
    keys = {value: id_key(value) for value in values}
    known = dict(
        ExternalId.objects.filter(system=system_name(system), key__in=set(keys.values()) - {""}).values_list(
            "key", "customer_id"
        )
    )
    return {value: known[key] for value, key in keys.items() if key in known}
