"""Who may see and change customers. Record scope itself is a queryset: ``Customer.objects.visible_to(user)``."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, BranchQuerySet, User
from halkhata.foundation.core.errors import PermissionRefused


def can_view_customers(actor: Any) -> bool:
    """Whether ``actor`` may see customers at all. The system itself may."""
    return not isinstance(actor, User) or actor.may("customer.view")


def can_edit_customers(actor: Any) -> bool:
    """Whether ``actor`` may add and change the customers in scope. The system itself may.

    Who sees private fields masked may not: the mask would come back from the form as the new value.
    """
    return not isinstance(actor, User) or (actor.may("customer.edit") and actor.may("customer.see_private"))


def refuse_unless_may_edit(actor: Any) -> None:
    """Raises PermissionRefused when ``actor`` may not add or change customers."""
    if not can_edit_customers(actor):
        raise PermissionRefused("may_not_edit_customers", _("You may not add or change customers."))


def branches_open_to(user: User) -> BranchQuerySet:
    """Active branches to which ``user`` may give a customer: all, those under the own one, or the own one."""
    branches: BranchQuerySet = Branch.objects.filter(is_active=True)
    if user.role.scope == Scope.ALL:
        return branches
    if user.role.scope == Scope.SUBTREE:
        return branches.under(user.branch)
    return branches.filter(pk=user.branch_id)
