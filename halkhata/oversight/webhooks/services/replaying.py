"""Sending again what was given up."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, PermissionRefused
from halkhata.oversight.webhooks.choices import DeliveryState
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.oversight.webhooks.policies import deliveries_visible_to


def replay_one(*, actor: User, delivery: WebhookDelivery) -> None:
    """Put one call back in line with all its tries, under the same webhook-id. Raises Conflict unless given up."""
    _may(actor)
    with transaction.atomic():
        if not _again(actor, delivery.endpoint, pk=delivery.pk):
            raise Conflict("not_given_up", _("Only a call that was given up can be sent again."))


def replay_all(*, actor: User, endpoint: WebhookEndpoint) -> int:
    """Put all calls of an endpoint that were given up back in line. Returns how many."""
    _may(actor)
    with transaction.atomic():
        return _again(actor, endpoint)


def _again(actor: User, endpoint: WebhookEndpoint, **which: int) -> int:
    if not endpoint.is_active:
        raise Conflict("endpoint_off", _("This webhook is switched off. Switch it on first."))
    at = now()
    ids = deliveries_visible_to(actor).filter(endpoint=endpoint, state=DeliveryState.DEAD, **which).values("pk")
    count = WebhookDelivery.objects.filter(pk__in=list(ids.values_list("pk", flat=True))).update(
        state=DeliveryState.PENDING, attempts=0, first_due_at=at, next_try_at=at, finished_at=None, locked_by=""
    )
    if count:
        # Whoever sends again by hand believes that the server is back.
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(paused_until=None)
        record(actor=actor, action="webhook.replay", record=endpoint, after={"count": count, **which})
    return count


def _may(actor: User) -> None:
    if not actor.may("webhook.edit"):
        raise PermissionRefused("webhook_refused", _("Your role does not allow setting up webhooks."))
