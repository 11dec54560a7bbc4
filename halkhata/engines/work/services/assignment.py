"""Whose work it is: shared out fairly among those who can do it, never given to nobody (A52.10, US-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import Absence, AssignmentCursor, TermsStamp, WorkProfile
from halkhata.engines.work.policies import can_edit_settings
from halkhata.engines.work.selectors import given
from halkhata.engines.work.selectors.ladder import AGENT, BRANCH_MANAGER, TEAM_LEAD, person_in_charge, present
from halkhata.engines.work.selectors.load import open_items_of
from halkhata.engines.work.selectors.staffing import Staffing, staffing
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text

METHODS = frozenset({AssignmentCursor.ROUND_ROBIN, AssignmentCursor.LEAST_LOADED, AssignmentCursor.SKILL_FIRST})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Who gets a piece of work. ``why`` (selectors/given.py): why it is nobody of a team that has agents."""

    owner: User
    why: dict[str, Any] | None = None


def choose_owner(*, team: Team | None, branch: Branch, at: datetime, category: str = "", language: str = "") -> User:
    """The owner of a new piece of work; see ``choose``."""
    return choose(team=team, branch=branch, at=at, category=category, language=language).owner


def choose(*, team: Team | None, branch: Branch, at: datetime, category: str = "", language: str = "") -> Choice:
    """An agent of the team who is present, on shift, below the ceiling and fit for it; else the next up the ladder.

    Fit: speaks ``language`` (of accounts.choices.Language; "": any), has the skills that team and ``category`` ask for
    and, where courses unlock a skill, a valid pass of one. Among those in turn, least loaded or the narrowest
    specialist first, as the team is set. Two that open at the same moment wait for each other, so turns are fair and no
    ceiling is overrun, provided that the caller writes the item in the same transaction. Raises DomainError
    (``nobody_to_own``) only when no member of staff is active at all.
    """
    if connection.in_atomic_block:
        return _choose(team, branch, at, category, language)  # it holds the turn already; a savepoint guards nothing
    with transaction.atomic():
        return _choose(team, branch, at, category, language)


def _choose(team: Team | None, branch: Branch, at: datetime, category: str, language: str) -> Choice:
    why = None
    if team is not None and team.is_active:
        chosen, why = _agent_of(team, at, category, language)
        if chosen is not None:
            return Choice(owner=chosen)
    found = person_in_charge(TEAM_LEAD if team else BRANCH_MANAGER, team=team, branch=branch, at=at)
    if found is not None:
        return Choice(owner=found[0], why=None if why is None else {**why, "rung": found[1]})
    # Everybody in charge is away: the work waits with the one highest up rather than with nobody.
    someone = User.objects.filter(is_active=True).order_by("-role__level", "pk").first()
    if someone is None:
        raise DomainError("nobody_to_own", _("There is no active member of staff who could own this."))
    return Choice(owner=someone, why=why)


def _agent_of(team: Team, at: datetime, category: str, language: str) -> tuple[User | None, dict[str, Any] | None]:
    cursor = _locked_cursor(team)
    known = staffing(cursor.stamp)
    here = list(present(team.members.filter(role__level=AGENT), at).select_related("branch").order_by("pk"))
    needs = known.needs(team_id=team.pk, category=category)
    on_shift = [user for user in here if known.is_on_shift(user, at)]
    fit = [user for user in on_shift if known.speaks(user.pk, language) and known.knows(user.pk, needs)]
    trained = [user for user in fit if known.is_trained(user.pk, needs, day_at(user.branch, at))]
    ceilings = _hold_ceilings([user.pk for user in trained if user.pk in known.ceilings])
    load = {}
    if trained and (ceilings or cursor.method != AssignmentCursor.ROUND_ROBIN):
        load = open_items_of([user.pk for user in trained])
    free = [user for user in trained if load.get(user.pk, 0) < ceilings.get(user.pk, 10**9)]
    if not free:
        if not here and not team.members.filter(role__level=AGENT, is_active=True).exists():
            return None, None  # a team of leads alone: nothing unusual happened
        return None, _why_none(known, needs, language, on_shift=on_shift, fit=fit, trained=trained)
    chosen = _first(free, cursor, known, needs, load)
    AssignmentCursor.objects.filter(pk=cursor.pk).update(last_user=chosen)
    return chosen, None


def _why_none(
    known: Staffing, needs: frozenset[int], language: str, *, on_shift: list[User], fit: list[User], trained: list[User]
) -> dict[str, Any]:
    """The reason as it is stored: names as they were, nobody's person named."""
    skills = [known.names[skill] for skill in sorted(needs)]
    if not on_shift:
        return {"code": given.NOBODY_ON_SHIFT}
    if not fit:
        # Only what kept somebody out is said.
        lacks_skill = any(not known.knows(user.pk, needs) for user in on_shift)
        lacks_language = any(not known.speaks(user.pk, language) for user in on_shift)
        return {
            "code": given.UNFIT,
            "skills": skills if lacks_skill else [],
            "language": language if lacks_language else "",
        }
    if not trained:
        return {"code": given.UNTRAINED, "skills": [known.names[s] for s in sorted(needs) if known.courses.get(s)]}
    return {"code": given.FULL, "people": len(trained)}


def _hold_ceilings(user_ids: Sequence[int]) -> dict[int, int]:
    """The ceilings of these people, held until the end of the transaction: nobody else gives them work meanwhile."""
    if not user_ids:
        return {}
    rows = WorkProfile.objects.select_for_update().filter(user_id__in=user_ids, ceiling__isnull=False).order_by("pk")
    return dict(rows.values_list("user_id", "ceiling"))  # type: ignore[arg-type]


def _zone(user: User) -> ZoneInfo:
    return ZoneInfo(user.branch.time_zone)


def _locked_cursor(team: Team) -> Any:
    """The team's row, held, with the stamp of the settings: one look for both."""
    stamped = AssignmentCursor.objects.annotate(stamp=Subquery(TermsStamp.objects.filter(pk=1).values("value")[:1]))
    rows = stamped.select_for_update(of=("self",)).filter(team=team)
    cursor = rows.first()
    if cursor is not None:
        return cursor
    try:
        with transaction.atomic():
            AssignmentCursor.objects.create(team=team)
    except IntegrityError:
        pass  # somebody else made it at the same moment; take theirs
    return rows.get()


def _first(
    agents: Sequence[User],
    cursor: AssignmentCursor,
    known: Staffing,
    needs: frozenset[int],
    load: dict[int, int],
) -> User:
    """The one whose turn it is by the team's rule; who is equal comes in turn: those after the last one first."""
    last = cursor.last_user_id or 0

    def rank(user: User) -> tuple[Any, ...]:
        turn = (user.pk <= last, user.pk)
        if cursor.method == AssignmentCursor.ROUND_ROBIN:
            return turn
        if cursor.method == AssignmentCursor.SKILL_FIRST:
            # The narrowest specialist: who can do much else stays free for what only they can do.
            spare = len(known.skills.get(user.pk, frozenset()) - needs)
            return (spare, load.get(user.pk, 0), *turn)
        return (load.get(user.pk, 0), *turn)

    return min(agents, key=rank)


@transaction.atomic
def set_method(*, actor: User, team: Team, method: str) -> AssignmentCursor:
    """Choose how a team shares out work: one of METHODS. Raises PermissionRefused, DomainError (``bad_method``)."""
    _may(actor)
    if method not in METHODS:
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
