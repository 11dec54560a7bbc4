"""Teams: the departments of a branch."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.accounts.policies import can_manage_staff, within_reach
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.free_codes import free_code
from halkhata.foundation.core.text import clean_text


def save_team(
    *,
    actor: Actor | None,
    team: Team | None = None,
    branch: Branch | None = None,
    lead: User | None = None,
    members: Iterable[User] = (),
    name_bn: str = "",
    name_en: str = "",
    is_active: bool = True,
    code: str = "",
    is_demo: bool = False,
) -> Team:
    """Make a team (``team`` None) or change it. The lead is always a member.

    ``actor`` None is the product itself. Raises PermissionRefused; DomainError ``no_name``, ``no_branch``,
    ``inactive_lead``.
    """
    if isinstance(actor, User):
        reached = [one for one in (branch, team.branch if team else None) if one is not None]
        if not can_manage_staff(actor) or not all(within_reach(actor, one) for one in reached):
            raise PermissionRefused("permission_refused", _("Your role does not allow changing teams."))
    name_bn, name_en = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not name_bn and not name_en:
        raise DomainError("no_name", _("Give the team a name."), field="name_bn")
    if lead is not None and not lead.is_active:
        raise DomainError("inactive_lead", _("The lead must be somebody who may sign in."), field="lead")
    with transaction.atomic():
        if team is None:
            if branch is None:
                raise DomainError("no_branch", _("Choose the branch of the team."), field="branch")
            team = Team(code=code or free_code(Team, slugify(name_en)[:32] or "team"), is_demo=is_demo)
            before = None
        else:
            team = Team.objects.select_for_update().get(pk=team.pk)
            before = _state(team)
        team.name_bn, team.name_en, team.lead, team.is_active = name_bn, name_en, lead, is_active
        team.branch = branch or team.branch
        team.save()
        people = set(members) | ({lead} if lead else set())
        team.members.set(people)
        record(
            actor=actor,
            action="team.change" if before else "team.create",
            record=team,
            before=before,
            after=_state(team),
        )
    return team


def _state(team: Team) -> dict[str, Any]:
    return {
        "name_bn": team.name_bn,
        "name_en": team.name_en,
        "branch": team.branch_id,
        "lead": team.lead_id,
        "is_active": team.is_active,
        "members": sorted(team.members.values_list("id", flat=True)),
    }
