"""Asking a customer about a resolution: the invitation, and the link that belongs into exactly one letter."""

from django.conf import settings
from django.urls import reverse

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.tickets.events import TicketResolved
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User


def cause_of(event: TicketResolved) -> str:
    """What makes an asking unique: one per resolving."""
    return f"resolution:{event.resolution_id}"


def ask(event: TicketResolved, item: WorkItem) -> tuple[SurveyInvitation | None, str]:
    """The invitation for the agent who owned the ticket when it was resolved, and its link; None and "" for none."""
    if item.customer is None:
        return None, ""
    agent = item.owner if item.owner_id == event.owner_id else User.objects.get(pk=event.owner_id)
    invited = invite_customer(
        item=item, customer=item.customer, agent=agent, cause=cause_of(event), language=item.customer.language
    )
    if invited is None:
        return None, ""
    invitation, token = invited
    return invitation, f"{settings.BASE_URL}{reverse('portal:survey', args=[token])}"
