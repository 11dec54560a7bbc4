"""Whom a note on a ticket can mention: staff who may see it (A52.18)."""

from django.db.models import Q

from halkhata.desks.tickets.models import Ticket
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.text import search_key

MOST_SHOWN = 8


def can_be_mentioned(ticket: Ticket) -> Q:
    """The condition for staff in whose record scope the ticket lies: the scopes of visibility.py, read backwards."""
    above = [pk for pk in ticket.branch.path.strip("/").split("/") if pk]
    inside = (
        Q(role__scope=Scope.ALL)
        | Q(pk=ticket.owner_id)
        | Q(role__scope__in=(Scope.BRANCH, Scope.SUBTREE), branch_id=ticket.branch_id)
        | Q(role__scope=Scope.SUBTREE, branch_id__in=above)
    )
    if ticket.team_id is not None:
        members = User.teams.through.objects.filter(team_id=ticket.team_id).values("user_id")
        inside |= Q(role__scope__in=(Scope.TEAM, Scope.BRANCH, Scope.SUBTREE), pk__in=members)
    return inside


def mentionable(actor: User, ticket: Ticket, typed: str = "") -> list[User]:
    """Staff who may see the ticket and whose name or user name begins so, the writer left out. One query."""
    rows = (
        User.objects.filter(can_be_mentioned(ticket), is_active=True)
        .exclude(pk=actor.pk)
        .select_related("role", "branch")
        .order_by("username")
    )
    wanted = search_key(typed)
    found = []
    for person in by_name(rows):
        words = search_key(f"{person.username} {person.name_en} {person.name_bn}").split()
        if person.may("ticket.view") and (not wanted or any(word.startswith(wanted) for word in words)):
            found.append(person)
            if len(found) == MOST_SHOWN:
                break
    return found
