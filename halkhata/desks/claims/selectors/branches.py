"""The branches for which somebody may claim."""

from django.db.models import QuerySet

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, User


def branches_of(user: User) -> QuerySet[Branch]:
    """Those of the user's record scope; the own one for whoever sees own or team records."""
    rows = Branch.objects.order_by("path")
    if not user.is_active:
        return rows.none()
    if user.role.scope == Scope.ALL:
        return rows
    if user.role.scope == Scope.SUBTREE:
        return rows.under(user.branch)
    return rows.filter(pk=user.branch_id)
