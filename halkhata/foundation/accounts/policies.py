"""Who may do what with staff accounts. Pure functions, asked by views and services."""

from django.db.models import QuerySet

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, Role, User


def can_manage_staff(actor: User) -> bool:
    """Whether ``actor`` may add, change and deactivate staff at all."""
    return actor.may("users.edit")


def can_manage_structure(actor: User) -> bool:
    """Whether ``actor`` may change roles and branches, which reach beyond one branch."""
    return actor.may("users.edit") and actor.role.scope == Scope.ALL


def can_grant(actor: User, role: Role) -> bool:
    """Nobody gives away more than they have: not a permission, not a wider scope, not a higher step of the ladder."""
    order = list(Scope.values)
    return (
        set(role.permissions) <= set(actor.role.permissions)
        and role.level <= actor.role.level
        and order.index(role.scope) <= order.index(actor.role.scope)
    )


def staff_visible_to(actor: User) -> QuerySet[User]:
    """The members of staff whose accounts ``actor`` may see and change: own branch or as far as the role goes."""
    staff = User.objects.select_related("role", "branch")
    if actor.role.scope == Scope.ALL:
        return staff
    if actor.role.scope == Scope.SUBTREE:
        return staff.filter(branch__path__startswith=actor.branch.path)
    return staff.filter(branch_id=actor.branch_id)


def within_reach(actor: User, branch: Branch) -> bool:
    """Whether ``branch`` lies inside the actor's record scope."""
    if actor.role.scope == Scope.ALL:
        return True
    if actor.role.scope == Scope.SUBTREE:
        return branch.path.startswith(actor.branch.path)
    return branch.pk == actor.branch_id


def can_edit_shop(actor: User) -> bool:
    """Whether ``actor`` may change what holds for the whole shop: its names, address, language, trade."""
    return actor.may("settings.edit") and actor.role.scope == Scope.ALL


def can_clear_demo(actor: User) -> bool:
    """Whether ``actor`` may load and remove the invented data: whoever runs the install."""
    return can_manage_structure(actor)
