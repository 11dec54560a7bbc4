"""Who may see and decide what. Pure functions, asked by views and selectors."""

from django.db.models import Q, QuerySet

from halkhata.engines.messaging.models import Delivery, InboundRaw, Message
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_condition


def raw_visible_to(user: User) -> QuerySet[InboundRaw]:
    """Inbound mail that came in by a mailbox in the user's reach; mail of no mailbox is everybody's who may look."""
    rows = InboundRaw.objects.select_related("mailbox")
    if not user.is_active:
        return rows.none()
    if user.role.scope == Scope.ALL:
        return rows
    inside = Q(mailbox__branch_id=user.branch_id)
    if user.role.scope == Scope.SUBTREE:
        inside |= Q(mailbox__branch__path__startswith=user.branch.path)
    return rows.filter(inside | Q(mailbox__isnull=True))


def deliveries_visible_to(user: User) -> QuerySet[Delivery]:
    """Outgoing mail on items in the user's record scope."""
    path = "message__conversation__item__"
    return Delivery.objects.filter(
        scope_condition(user, owner=f"{path}owner", team=f"{path}team", branch=f"{path}branch")
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
