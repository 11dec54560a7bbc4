"""Holds the customers of a merge, in one order, so that two who merge the same pair wait for each other."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import refuse_unless_may_edit


def lock_customers(actor: Any, ids: Iterable[int]) -> dict[int, Customer]:
    """The customers, held until the transaction ends. Raises PermissionRefused, NotFound (outside the scope, too)."""
    refuse_unless_may_edit(actor)
    wanted = sorted(set(ids))
    rows = Customer.objects.visible_to(actor) if isinstance(actor, User) else Customer.objects.all()
    found = {
        customer.pk: customer
        for customer in rows.select_for_update(of=("self",))
        .select_related("branch", "organization", "home_team")
        .filter(pk__in=wanted)
        .order_by("pk")
    }
    if len(found) != len(wanted):
        raise NotFound("no_such_customer", _("There is no such customer, or it is not for you to see."))
    return found


def refuse_other_version(customer: Customer, version: int | None) -> None:
    """Raise Conflict ``changed_meanwhile`` when a version was seen and it is another one now."""
    if version is not None and customer.version != version:
        raise Conflict(
            "changed_meanwhile",
            _("Somebody changed this record while you were writing. Look at what is there now, then save again."),
            current=customer,
        )
