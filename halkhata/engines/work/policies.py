"""Who may. Pure functions, asked by views and services."""

from typing import Any

from django.db.models import QuerySet

from halkhata.engines.work.models import EscalationFiring, SavedView, WorkItem
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.kept_sql import kept_objects


def assignable(user: User) -> QuerySet[User]:
    """Staff to whom this person may give work: everybody active inside his own record scope."""
    people = User.objects.filter(is_active=True).select_related("role", "branch").order_by("name_en", "pk")
    scope = Scope(user.role.scope)
    if scope == Scope.TEAM:  # whose teams these are is a statement; the other scopes need none
        return people.filter(pk__in=User.teams.through.objects.filter(team_id__in=user.team_ids).values("user_id"))
    inside: dict[Scope, dict[str, Any]] = {
        Scope.ALL: {},
        Scope.SUBTREE: {"branch__path__startswith": user.branch.path},
        Scope.BRANCH: {"branch_id": user.branch_id},
        Scope.OWN: {"pk": user.pk},
    }
    return people.filter(**inside[scope])


def assignable_people(user: User) -> list[User]:
    """What ``assignable_names`` finds, for a page that is asked for often: one query."""
    return kept_objects(("assignable names", scope_key(user)), lambda: assignable_names(user), {})


def assignable_names(user: User) -> QuerySet[User]:
    """The same people with nothing but their name and branch, for a list to choose from."""
    return (
        assignable(user)
        .select_related(None)
        .select_related("branch")
        .only("username", "name_bn", "name_en", "branch__name_bn", "branch__name_en", "branch__path")
    )


def can_see_queue(user: User) -> bool:
    """See the queues and the list of today."""
    return user.may("work.view")


def can_see_item(user: User, item: WorkItem) -> bool:
    """See this piece of work: it lies inside the user's record scope."""
    return user.may("work.view") and WorkItem.objects.visible_to(user).filter(pk=item.pk).exists()


def can_assign(user: User) -> bool:
    """Give work to others."""
    return user.may("ticket.assign")


def can_assign_to(user: User, owner: User) -> bool:
    """Give work to this person: somebody inside one's own scope, or oneself."""
    return owner.is_active and (owner.pk == user.pk or assignable(user).filter(pk=owner.pk).exists())


def can_work_on(user: User, item: WorkItem) -> bool:
    """Write a result, tick a checklist: the owner, or who may change tickets inside the scope."""
    return can_see_item(user, item) and (item.owner_id == user.pk or user.may("ticket.edit"))


def can_look_at_day_of(user: User, person: User) -> bool:
    """See somebody's list of today: one's own, or that of people in one's scope (US-03)."""
    return user.may("work.view") and (
        person.pk == user.pk or (user.may("ticket.assign") and assignable(user).filter(pk=person.pk).exists())
    )


def can_edit_settings(user: User) -> bool:
    """Change calendars, promises, the escalation matrix, checklists and absences."""
    return user.may("settings.edit")


def can_delete_view(user: User, view: SavedView) -> bool:
    """Remove a saved view: its owner, or who may change settings when it is shared."""
    return view.owner_id == user.pk or (view.is_shared and user.may("settings.edit"))


def can_train(user: User) -> bool:
    """Keep the training records of staff."""
    return user.may("training.edit")


def trainable(user: User) -> QuerySet[User]:
    """Those whose training record this person keeps: staff inside the own scope."""
    return assignable(user) if can_train(user) else User.objects.none()


def can_send_up(user: User, item: WorkItem) -> bool:
    """Send work up the ladder by hand."""
    return user.may("work.escalate") and can_see_item(user, item)


def is_for(user: User, firing: EscalationFiring) -> bool:
    """Whether a step is this person's to confirm, as far as the ladder goes; no query."""
    if firing.told_id == user.pk:
        return True
    return user.may("work.escalate") and user.role.level >= max(firing.level, firing.rung)


def can_confirm(user: User, item: WorkItem, firing: EscalationFiring) -> bool:
    """Confirm a step: the one who was told, or somebody at least as high up who sees the work."""
    return is_for(user, firing) and can_see_item(user, item)
