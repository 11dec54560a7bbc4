"""Record scope: which rows a person sees. Visibility is a queryset, never a check after the fact (A56.15)."""

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import BooleanField, Case, Q, Value, When

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User

M = TypeVar("M", bound=models.Model)


def scope_condition(user: User, *, owner: str = "owner", team: str = "team", branch: str = "branch") -> Q:
    """The condition for rows ``user`` may see, given the names of the columns for owner, team and branch.

    A wider scope includes the narrower ones. Someone inactive sees nothing.
    """
    if not user.is_active:
        return Q(pk__in=[])
    if user.role.scope == Scope.ALL:
        return Q()
    own = Q(**{f"{owner}_id": user.pk})
    if user.role.scope == Scope.OWN:
        return own
    teams = Q(**{f"{team}_id__in": user.team_ids})
    if user.role.scope == Scope.TEAM:
        return own | teams
    if user.role.scope == Scope.BRANCH:
        return own | teams | Q(**{f"{branch}_id": user.branch_id})
    return own | teams | Q(**{f"{branch}__path__startswith": user.branch.path})


def as_value(condition: Q) -> Q:
    """The same condition, so written that no index is chosen by it: the other conditions lead, this one is looked at.

    SQLite takes the alternatives of a scope (mine, my team's, my branch's) for a good start and reads all of them,
    where a rare state or a span of days finds the few rows at once (sqlite.org, "OR optimizations").
    """
    if not condition:
        return condition
    return Q(Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()))


def scope_key(user: User) -> tuple[Any, ...]:
    """All that decides which rows ``user`` sees: with the same key, the same rows.

    For whoever keeps what was made of ``scope_condition``.
    """
    scope = user.role.scope
    teams = () if scope in {Scope.ALL, Scope.OWN} else tuple(user.team_ids)
    return (user.pk, user.is_active, scope, teams, user.branch_id, user.branch.path if scope == Scope.SUBTREE else "")


class VisibleQuerySet(models.QuerySet[M]):
    """A queryset of records with owner, team and branch."""

    def visible_to(self, user: User) -> Self:
        """Only the rows inside the user's record scope."""
        return self.filter(scope_condition(user))
