"""Asking a customer about a resolution: the invitation, and the link that belongs into exactly one letter."""

from django.conf import settings
from django.urls import reverse

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.feedback.services.text_answers import text_cause
from halkhata.desks.tickets.events import TicketResolved
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.text_news import send_automatic_text
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.records.privacy.choices import ContactChannel


def cause_of(event: TicketResolved) -> str:
    """What makes an asking unique: one per resolving."""
    return f"resolution:{event.resolution_id}"


def ask(
    event: TicketResolved, item: WorkItem, *, channel: str = ContactChannel.EMAIL
) -> tuple[SurveyInvitation | None, str]:
    """The invitation for the agent who owned the ticket when it was resolved, and its link; None and "" for none."""
    if item.customer is None:
        return None, ""
    agent = item.owner if item.owner_id == event.owner_id else User.objects.get(pk=event.owner_id)
    invited = invite_customer(
        item=item, customer=item.customer, agent=agent, cause=cause_of(event), language=item.customer.language,
        channel=channel,
    )  # fmt: skip
    if invited is None:
        return None, ""
    invitation, token = invited
    return invitation, f"{settings.BASE_URL}{reverse('portal:survey', args=[token])}"


def ask_by_text(event: TicketResolved, item: WorkItem, *, number: str, language: str) -> None:
    """Ask for one digit by SMS (A55.1): the answer comes from the number that was asked."""
    invitation, link = ask(event, item, channel=ContactChannel.SMS)
    if invitation is not None:
        send_automatic_text(
            item=item, code=TemplateCode.FEEDBACK, number=number, cause=text_cause(invitation.pk),
            context={"link": link}, language=language,
        )  # fmt: skip
