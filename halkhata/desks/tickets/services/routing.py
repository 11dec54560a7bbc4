"""Where a ticket goes that names no team: every ticket belongs to a department of its branch, if there is one."""

from halkhata.desks.tickets.models import Category
from halkhata.engines.messaging.models import Mailbox
from halkhata.foundation.accounts.models import Branch, Team, User


def team_for(*, branch: Branch, category: Category | None = None, taken_by: User | None = None) -> Team | None:
    """The category's team, or that of the one it is part of, else that of whoever takes it down, else the one that gets
    the branch's mail, else any.
    """
    for one in (category, category.parent if category is not None else None):
        if one is not None and one.team is not None and one.team.is_active:
            return one.team
    teams = list(Team.objects.filter(branch=branch, is_active=True).order_by("pk"))
    if taken_by is not None:
        own = [team for team in teams if team.pk in taken_by.team_ids]
        if own:
            return own[0]
    mailbox = (
        Mailbox.objects.filter(branch=branch, is_active=True, team__in=teams).order_by("-is_default", "pk").first()
        if teams
        else None
    )
    if mailbox is not None:
        return mailbox.team
    return teams[0] if teams else None


def branch_of_web_form() -> Branch | None:
    """The branch that answers what comes in by the web form: that of the default mailbox, else the head of the tree."""
    mailbox = (
        Mailbox.objects.filter(is_active=True, is_demo=False)
        .select_related("branch")
        .order_by("-is_default", "pk")
        .first()
    )
    if mailbox is not None:
        return mailbox.branch
    return Branch.objects.filter(is_active=True).order_by("is_demo", "path", "pk").first()
