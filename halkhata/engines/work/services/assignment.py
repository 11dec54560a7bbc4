"""Whose work it is: shared out fairly inside a team, never given to nobody (A52.10, US-09)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import Absence, AssignmentCursor, WorkItem
from halkhata.engines.work.policies import can_edit_settings
from halkhata.engines.work.selectors.ladder import AGENT, BRANCH_MANAGER, TEAM_LEAD, person_in_charge, present
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text


def choose_owner(*, team: Team | None, branch: Branch, at: datetime) -> User:
    """The owner of a new piece of work: an agent of the team who is present, else the next up the ladder.

    Round robin or least loaded, as the team is set; two that open at the same moment wait for each other, so the
    turn is fair. Raises DomainError (``nobody_to_own``) only when no member of staff is active at all.
    """
    if connection.in_atomic_block:
        return _choose_owner(team, branch, at)  # it holds the turn already; a savepoint would guard nothing
    with transaction.atomic():
        return _choose_owner(team, branch, at)


def _choose_owner(team: Team | None, branch: Branch, at: datetime) -> User:
    if team is not None and team.is_active:
        chosen = _agent_of(team, at)
        if chosen is not None:
            return chosen
    found = person_in_charge(TEAM_LEAD if team else BRANCH_MANAGER, team=team, branch=branch, at=at)
    if found is not None:
        return found[0]
    # Everybody in charge is away: the work waits with the one highest up rather than with nobody.
    someone = User.objects.filter(is_active=True).order_by("-role__level", "pk").first()
    if someone is None:
        raise DomainError("nobody_to_own", _("There is no active member of staff who could own this."))
    return someone


def _agent_of(team: Team, at: datetime) -> User | None:
    cursor = _locked_cursor(team)
    agents = list(present(team.members.filter(role__level=AGENT), at).order_by("pk"))
    if not agents:
        return None
    chosen = _least_loaded(agents, cursor) if cursor.method == AssignmentCursor.LEAST_LOADED else _next(agents, cursor)
    AssignmentCursor.objects.filter(pk=cursor.pk).update(last_user=chosen)
    return chosen


def _locked_cursor(team: Team) -> AssignmentCursor:
    cursor = AssignmentCursor.objects.select_for_update().filter(team=team).first()
    if cursor is not None:
        return cursor
    try:
        with transaction.atomic():
            AssignmentCursor.objects.create(team=team)
    except IntegrityError:
        pass  # somebody else made it at the same moment; take theirs
    return AssignmentCursor.objects.select_for_update().get(team=team)


def _turn_order(agents: Sequence[User], cursor: AssignmentCursor) -> list[User]:
    """The agents as their turns come: those after the last one first."""
    last = cursor.last_user_id or 0
    return sorted(agents, key=lambda user: (user.pk <= last, user.pk))


def _next(agents: Sequence[User], cursor: AssignmentCursor) -> User:
    return _turn_order(agents, cursor)[0]


def _least_loaded(agents: Sequence[User], cursor: AssignmentCursor) -> User:
    open_items = dict(
        WorkItem.objects.filter(owner_id__in=[user.pk for user in agents])
        .exclude(state_flag=StateFlag.RESOLVED)
        .values_list("owner_id")
        .annotate(Count("pk"))
        .order_by()
    )
    order = _turn_order(agents, cursor)
    return min(order, key=lambda user: (open_items.get(user.pk, 0), order.index(user)))


@transaction.atomic
def set_method(*, actor: User, team: Team, method: str) -> AssignmentCursor:
    """Choose how a team shares out work: ``round_robin`` or ``least_loaded``. Raises PermissionRefused, DomainError."""
    _may(actor)
    if method not in {AssignmentCursor.ROUND_ROBIN, AssignmentCursor.LEAST_LOADED}:
        raise DomainError("bad_method", _("Choose how the team shares out its work."), field="method")
    cursor = _locked_cursor(team)
    before, cursor.method = cursor.method, method
    cursor.save(update_fields=["method"])
    record(actor=actor, action="work.share_out", record=team, before={"method": before}, after={"method": method})
    return cursor


@transaction.atomic
def add_absence(*, actor: User, user: User, starts_at: datetime, ends_at: datetime, reason: str = "") -> Absence:
    """Note that somebody is away in [starts_at, ends_at). Raises PermissionRefused and DomainError (``bad_span``)."""
    if actor.pk != user.pk:
        _may(actor)
    if ends_at <= starts_at:
        raise DomainError("bad_span", _("The end must come after the beginning."), field="ends_at")
    absence = Absence.objects.create(
        user=user, starts_at=starts_at, ends_at=ends_at, reason=clean_text(reason, max_length=120), is_demo=user.is_demo
    )
    record(actor=actor, action="absence.add", record=absence, after={"user": user, "from": starts_at, "to": ends_at})
    return absence


@transaction.atomic
def remove_absence(*, actor: User, absence: Absence) -> None:
    """Take a noted absence back. Raises PermissionRefused."""
    if actor.pk != absence.user_id:
        _may(actor)
    record(actor=actor, action="absence.remove", record=absence, before={"user": absence.user, "to": absence.ends_at})
    absence.delete()


def _may(actor: User) -> None:
    if not can_edit_settings(actor):
        raise PermissionRefused("settings_refused", _("You may not change the settings."))
