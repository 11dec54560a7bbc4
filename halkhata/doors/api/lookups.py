"""Finding what a request names, inside the reach of the key's user. Foreign and absent answer alike: 404."""

from collections.abc import Iterable

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Category, Ticket
from halkhata.doors.api.auth import KeyRequest
from halkhata.doors.api.versions import check_match, note_version
from halkhata.engines.work.services.items import lock_item
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.accounts.policies import staff_visible_to, within_reach
from halkhata.foundation.accounts.services.tokens import token_may
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.customers.models import Customer


def ticket_of(request: KeyRequest, number: str) -> Ticket:
    """The ticket with this number. Raises Http404."""
    canonical = parse_ref(number) if "\x00" not in number else None
    rows = Ticket.objects.visible_to(request.user).select_related("owner", "category")
    ticket = rows.filter(number=canonical).first() if canonical else None
    if ticket is None:
        raise Http404
    return ticket


def held_ticket(request: KeyRequest, number: str) -> Ticket:
    """The ticket, to be changed: with If-Match its row is held until the end of the request, so that it stays true."""
    ticket = ticket_of(request, number)
    if "If-Match" in request.headers:
        check_match(request, lock_item(ticket.pk).version)
    return ticket


def shown_ticket(request: KeyRequest, ticket: Ticket) -> Ticket:
    """The ticket as it is after a change, ready to be shown."""
    fresh = Ticket.objects.select_related("owner", "category").get(pk=ticket.pk)
    note_version(request, fresh.version)
    return fresh


def customer_of(request: KeyRequest, customer_id: int) -> Customer:
    """The customer with this id; a merged one leads to the survivor. Raises Http404."""
    visible = Customer.objects.visible_to(request.user).prefetch_related("contact_points")
    customer = visible.filter(pk=customer_id).first()
    if customer is not None and customer.merged_into_id is not None:
        customer = visible.filter(pk=customer.merged_into_id).first()
    if customer is None:
        raise Http404
    return customer


def nameable_customers(request: KeyRequest, ids: Iterable[int | None]) -> set[int]:
    """Those of these customers that the key may name: it needs the right, and they must be in reach. One query."""
    wanted = {one for one in ids if one is not None}
    if not wanted or not token_may(request.auth, "customer.view"):
        return set()
    return set(Customer.objects.visible_to(request.user).filter(pk__in=wanted).values_list("pk", flat=True))


def branch_of(request: KeyRequest, branch_id: int) -> Branch:
    """An active branch inside the reach. Raises Http404."""
    branch = Branch.objects.filter(pk=branch_id, is_active=True).first()
    if branch is None or not within_reach(request.user, branch):
        raise Http404
    return branch


def team_of(request: KeyRequest, team_id: int) -> Team:
    """An active team of a branch inside the reach. Raises Http404."""
    team = Team.objects.select_related("branch").filter(pk=team_id, is_active=True).first()
    if team is None or not within_reach(request.user, team.branch):
        raise Http404
    return team


def person_of(request: KeyRequest, user_id: int) -> User:
    """A member of staff inside the reach. Raises Http404."""
    person = staff_visible_to(request.user).filter(pk=user_id).first()
    if person is None:
        raise Http404
    return person


def category_of(code: str) -> Category:
    """The category in use with this code. Raises DomainError "unknown_category"."""
    category = Category.objects.filter(code=code, is_active=True).first() if "\x00" not in code else None
    if category is None:
        raise DomainError("unknown_category", _("Choose a category from the list."), field="category")
    return category
