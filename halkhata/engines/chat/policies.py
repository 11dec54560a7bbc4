"""Who may. Pure functions, asked by views, selectors and services."""

from django.db.models import Q, QuerySet

from halkhata.engines.chat.models import ChatAccount, ChatEvent, ChatIdentity
from halkhata.engines.messaging.policies import mailbox_branches
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer


def accounts_visible_to(user: User) -> QuerySet[ChatAccount]:
    """Accounts of the branches that the user's role reaches."""
    rows = ChatAccount.objects.select_related("branch", "team")
    if user.role.scope == Scope.ALL:
        return rows
    return rows.filter(branch__in=mailbox_branches(user))


def events_visible_to(user: User) -> QuerySet[ChatEvent]:
    """What webhooks told about those accounts."""
    return ChatEvent.objects.select_related("account").filter(account__in=accounts_visible_to(user))


def identities_visible_to(user: User) -> QuerySet[ChatIdentity]:
    """People who write and belong to a customer in the user's reach."""
    customers = Customer.objects.visible_to(user)
    return ChatIdentity.objects.select_related("account", "customer").filter(customer__in=customers)


def people_for(item: WorkItem) -> QuerySet[ChatIdentity]:
    """Those who may be written to about an item: who wrote in it, and who is its customer."""
    wrote = Q(messages__message__conversation__item_id=item.pk)
    theirs = Q(customer_id=item.customer_id) if item.customer_id else Q(pk__in=[])
    return ChatIdentity.objects.filter(pk__in=ChatIdentity.objects.filter(wrote | theirs).values("pk"))
