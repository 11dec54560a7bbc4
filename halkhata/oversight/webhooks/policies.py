"""Who may set up webhooks, and what one may tell."""

from django.db.models import QuerySet

from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, User
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.records.customers.models import Customer


def endpoints_visible_to(user: User) -> QuerySet[WebhookEndpoint]:
    """One's own endpoints; those of everybody for whoever sees all records. None without the right."""
    rows = WebhookEndpoint.objects.select_related("owner__role", "owner__branch", "branch")
    if not user.may("webhook.edit"):
        return rows.none()
    return rows if user.role.scope == Scope.ALL else rows.filter(owner=user)


def deliveries_visible_to(user: User) -> QuerySet[WebhookDelivery]:
    """Calls of the endpoints that ``user`` may see."""
    return WebhookDelivery.objects.filter(endpoint__in=endpoints_visible_to(user).values("pk"))


def may_hear(
    owner: User, *, permission: str, item_id: int = 0, customer_id: int = 0, branch: Branch | None = None
) -> bool:
    """Whether ``owner`` may see the record an event is about (and it lies in ``branch`` or under it, if named).

    Invented data is nobody's business outside, so it is never told.
    """
    if not (owner.may("webhook.edit") and owner.may(permission)):
        return False
    if item_id:
        items = WorkItem.objects.visible_to(owner).filter(pk=item_id, is_demo=False)
        return (items.filter(branch__path__startswith=branch.path) if branch else items).exists()
    if customer_id:
        customers = Customer.objects.visible_to(owner).filter(pk=customer_id, is_demo=False)
        return (customers.filter(branch__path__startswith=branch.path) if branch else customers).exists()
    return False
