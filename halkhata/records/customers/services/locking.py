"""Locks of the customer services: one row, or a value that nobody has yet."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.records.customers.models import Customer, Organization
from halkhata.records.customers.policies import refuse_unless_may_edit


def lock_customer(*, actor: Any, pk: int, version: int | None = None) -> Customer:
    """The customer, locked for change by ``actor`` until the transaction ends.

    Raises PermissionRefused, NotFound (outside the actor's scope, too), and Conflict "changed_meanwhile" (with
    ``current``, the customer as it is now) when ``version`` is given and another.
    """
    refuse_unless_may_edit(actor)
    rows = Customer.objects.visible_to(actor) if isinstance(actor, User) else Customer.objects.all()
    customer = rows.select_for_update(of=("self",)).select_related("branch", "organization").filter(pk=pk).first()
    if customer is None:
        raise NotFound("no_such_customer", _("There is no such customer, or it is not for you to see."))
    _refuse_other_version(customer, version)
    return customer


def lock_organization(*, actor: Any, pk: int, version: int | None = None) -> Organization:
    """The organization, locked for change. Raises as ``lock_customer`` does."""
    refuse_unless_may_edit(actor)
    rows = Organization.objects.visible_to(actor) if isinstance(actor, User) else Organization.objects.all()
    organization = rows.select_for_update(of=("self",)).select_related("branch").filter(pk=pk).first()
    if organization is None:
        raise NotFound("no_such_organization", _("There is no such organization, or it is not for you to see."))
    _refuse_other_version(organization, version)
    return organization


def _refuse_other_version(record: Customer | Organization, version: int | None) -> None:
    if version is not None and record.version != version:
        raise Conflict(
            "changed_meanwhile",
            _("Somebody changed this record while you were writing. Look at what is there now, then save again."),
            current=record,
        )


def lock_values(values: Iterable[str]) -> None:
    """Let nobody else pass here with one of these values until the transaction ends.

    Two people who write down the same caller at the same moment must not both miss each other. SQLite has one writer at
    a time anyway.
    """
    if connection.vendor != "postgresql":
        return
    keys = sorted(int.from_bytes(hashlib.sha256(value.encode()).digest()[:8], "big", signed=True) for value in values)
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
