"""Who may give what somebody asked for."""

from halkhata.engines.goodwill.models import Goodwill, GoodwillLimit
from halkhata.engines.work.selectors.calendars import branch_line
from halkhata.engines.work.selectors.ladder import present
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

MOST_TOLD = 3


def who_may_give(goodwill: Goodwill) -> list[User]:
    """Those present whose role's limit holds it and who see the branch: the lowest in the ladder and nearest first."""
    roles = GoodwillLimit.objects.filter(per_case__gte=goodwill.cost, currency=goodwill.currency)
    people = present(User.objects.filter(role__in=roles.values("role")).select_related("role", "branch"), now())
    line = branch_line(goodwill.branch)
    fit = [
        user for user in people
        if user.pk != goodwill.asked_by_id and user.may("goodwill.grant") and _sees(user, goodwill)
    ]  # fmt: skip
    fit.sort(key=lambda user: (user.role.level, line.index(user.branch_id) if user.branch_id in line else 99, user.pk))
    lowest = [user for user in fit if user.role.level == fit[0].role.level] if fit else []
    return lowest[:MOST_TOLD]


def _sees(user: User, goodwill: Goodwill) -> bool:
    """Whether the branch of the goodwill lies in the user's scope (models.goodwill_scope)."""
    scope = user.role.scope
    if scope == Scope.SUBTREE:
        return goodwill.branch.path.startswith(user.branch.path)
    return scope == Scope.ALL or (scope != Scope.OWN and user.branch_id == goodwill.branch_id)
