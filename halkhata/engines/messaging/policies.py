"""Who may see and decide what. Pure functions, asked by views and selectors."""

from django.db.models import Q, QuerySet

from halkhata.engines.messaging.models import Delivery, InboundRaw, InboundText, Mailbox, Message, Suppression
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.accounts.visibility import as_value, scope_condition
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer


def raw_visible_to(user: User) -> QuerySet[InboundRaw]:
    """Inbound mail that came in by a mailbox in the user's reach; mail of no mailbox is everybody's who may look."""
    rows = InboundRaw.objects.select_related("mailbox")
    if not user.is_active:
        return rows.none()
    if user.role.scope == Scope.ALL:
        return rows
    return rows.filter(_inside_reach(user, "mailbox__branch") | Q(mailbox__isnull=True))


def texts_in_visible_to(user: User) -> QuerySet[InboundText]:
    """Short texts that came in: those of no branch, as mail of no mailbox, so everybody's who may look."""
    return InboundText.objects.all() if user.is_active else InboundText.objects.none()


def deliveries_visible_to(user: User) -> QuerySet[Delivery]:
    """Outgoing mail on items in the user's record scope."""
    path = "message__conversation__item__"
    return Delivery.objects.filter(
        as_value(scope_condition(user, owner=f"{path}owner", team=f"{path}team", branch=f"{path}branch"))
    )


def messages_visible_to(user: User) -> QuerySet[Message]:
    """Messages on items in the user's record scope, for who may see tickets."""
    if not user.may("ticket.view"):
        return Message.objects.none()
    path = "conversation__item__"
    return Message.objects.filter(
        scope_condition(user, owner=f"{path}owner", team=f"{path}team", branch=f"{path}branch")
    )


def items_visible_to(user: User) -> QuerySet[WorkItem]:
    """Items whose number and subject may be shown beside a message."""
    return WorkItem.objects.visible_to(user)


def can_edit_settings(user: User) -> bool:
    """Change mailboxes and texts."""
    return user.may("settings.edit")


def may_set_default(user: User) -> bool:
    """Choose the mailbox that writes where no other fits: it is the whole shop's, so a branch's role is not enough."""
    return can_edit_settings(user) and user.role.scope == Scope.ALL


def _inside_reach(user: User, branch: str) -> Q:
    """Rows of a branch that the role's scope reaches: the own one, with those under it, or all. ``branch`` "" is the
    row itself."""
    if not user.is_active:
        return Q(pk__in=[])
    if user.role.scope == Scope.ALL:
        return Q()
    prefix = f"{branch}__" if branch else ""
    if user.role.scope == Scope.SUBTREE:
        return Q(**{f"{prefix}path__startswith": user.branch.path})
    return Q(**{f"{prefix}pk": user.branch_id})


def mailboxes_visible_to(user: User) -> QuerySet[Mailbox]:
    """Mailboxes of the branches in the user's scope. An own or team scope ends at the own branch."""
    return Mailbox.objects.filter(_inside_reach(user, "branch"))


def mailbox_branches(user: User) -> QuerySet[Branch]:
    """Branches to which the user may give a mailbox."""
    return Branch.objects.filter(_inside_reach(user, ""))


def mailbox_teams(user: User) -> QuerySet[Team]:
    """Departments to which the user may have a mailbox deliver."""
    return Team.objects.filter(_inside_reach(user, "branch"))


def can_lift_suppressions(user: User) -> bool:
    """Have an address written to again: whoever may change customers or mailboxes."""
    return user.may("customer.edit") or can_edit_settings(user)


def suppressions_visible_to(user: User) -> QuerySet[Suppression]:
    """Addresses nothing is sent to that belong to a customer in sight, or to which mail on an item in sight went."""
    rows = Suppression.objects.all()
    if not user.is_active or not can_lift_suppressions(user):
        return rows.none()
    if user.role.scope == Scope.ALL:
        return rows
    known = ContactPoint.objects.filter(kind=ContactKind.EMAIL, customer__in=Customer.objects.visible_to(user))
    return rows.filter(
        Q(address__in=known.values("value")) | Q(address__in=deliveries_visible_to(user).values("to_address"))
    )
