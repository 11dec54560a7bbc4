"""Who is in charge: agent, team lead, branch manager, head office; never somebody who is away (A52.10, US-10)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from halkhata.engines.work.models import Absence, WorkItem
from halkhata.engines.work.selectors.calendars import branch_line
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.core.kept_sql import SOME_MOMENT, kept_objects

AGENT, TEAM_LEAD, BRANCH_MANAGER, HEAD_OFFICE = 1, 2, 3, 4


def present(users: QuerySet[User], at: datetime) -> QuerySet[User]:
    """Those who may sign in and are not away at ``at``."""
    away = Absence.objects.filter(user=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at)
    return users.filter(is_active=True).exclude(Exists(away))


_memory: ContextVar[dict[tuple[Any, ...], Any] | None] = ContextVar("ladder_memory", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within the block each rung is asked for once: a sweep tells the same few people of hundreds of items."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def person_at(level: int, *, team: Team | None, branch: Branch, at: datetime) -> User | None:
    """The present person on one rung of the ladder, or None.

    Team lead: the team's own, else somebody of that level in the team. Branch manager: of the branch, else of the
    nearest branch above it. Head office: the same way, else anybody of that level.
    """
    key = (level, team.pk if team is not None else None, branch.pk, at)
    found: User | None = _once(key, lambda: _find_person(level, team, branch, at))
    return found


def is_present(user: User, at: datetime) -> bool:
    """Whether this person may sign in and is not away at ``at``."""
    answer: bool = _once((user.pk, at), lambda: present(User.objects.filter(pk=user.pk), at).exists())
    return answer


def _once(key: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
    memory = _memory.get()
    if memory is None:
        return ask()
    if key not in memory:
        memory[key] = ask()
    return memory[key]


def _find_person(level: int, team: Team | None, branch: Branch, at: datetime) -> User | None:
    if level == TEAM_LEAD:
        if team is None:
            return None
        lead = _first(present(User.objects.filter(pk=team.lead_id), at)) if team.lead_id else None
        return lead or _first(present(team.members.filter(role__level=TEAM_LEAD), at))
    rung = kept_objects(
        ("rung", level),
        lambda: present(User.objects.filter(role__level=level).select_related("role", "branch"), SOME_MOMENT).order_by(
            "pk"
        ),
        {SOME_MOMENT: at},
    )
    line = branch_line(branch)
    near = sorted(
        (user for user in rung if user.branch_id in line), key=lambda user: (line.index(user.branch_id), user.pk)
    )
    if near:
        return near[0]
    return rung[0] if level == HEAD_OFFICE and rung else None


def person_in_charge(
    level: int, *, team: Team | None, branch: Branch, at: datetime, agent: User | None = None
) -> tuple[User, int] | None:
    """The first present person from ``level`` upwards, and the rung he stands on; None when everybody is away."""
    for rung in range(level, HEAD_OFFICE + 1):
        if rung == AGENT:
            if agent is not None and is_present(agent, at):
                return agent, AGENT
            continue
        found = person_at(rung, team=team, branch=branch, at=at)
        if found is not None:
            return found, rung
    return None


def told_for(level: int, item: WorkItem, at: datetime) -> tuple[User, int]:
    """Whom an escalation to ``level`` tells. With everybody above away it falls back to the owner: never to nobody."""
    found = person_in_charge(level, team=item.team, branch=item.branch, at=at, agent=item.owner)
    return found or (item.owner, AGENT)


def manager_of(branch: Branch, at: datetime) -> User | None:
    """Who answers for a branch: its manager, else the head office, whoever of them is present. None: all are away."""
    found = person_in_charge(BRANCH_MANAGER, team=None, branch=branch, at=at)
    return found[0] if found else None


def _first(users: QuerySet[User]) -> User | None:
    return users.order_by("pk").first()
