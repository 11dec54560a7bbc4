"""Asking the customer how it was (A55.3)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction

from halkhata.desks.feedback.models import Survey, SurveyInvitation
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.services.contacting import may_contact


def token_hash(token: str) -> str:
    """What is stored of a link's token: its SHA-256. The token itself has 192 bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def csat_survey() -> Survey:
    """The survey that follows a resolution; made when it is not there yet."""
    survey, _made = Survey.objects.get_or_create(
        code=Survey.CSAT,
        defaults={
            "question_bn": "আমাদের সেবায় আপনি কতটা সন্তুষ্ট?",
            "question_en": "How satisfied are you with how we handled it?",
        },
    )
    return survey


def invite_customer(
    *,
    item: WorkItem,
    customer: Customer | None,
    agent: User,
    cause: str,
    language: str,
    channel: str = ContactChannel.EMAIL,
) -> tuple[SurveyInvitation, str] | None:
    """Make an invitation and its secret token, or None when the customer is not to be asked.

    ``channel`` is the way the question goes. Not to be asked is: this cause has asked already, the survey is off, the
    customer said no to it, or was asked within its ``throttle_days`` (US-18: one survey per person in fourteen days).

    Must run in the transaction that also queues the message with the link: the token exists nowhere else.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("invite_customer() belongs inside a transaction")
    survey = csat_survey()
    at = now()
    if not survey.is_active or SurveyInvitation.objects.filter(cause=cause).exists():
        return None
    if customer is not None and not may_contact(customer, Purpose.SURVEY, channel, at):
        return None
    if customer is not None and asked_lately(survey, customer, at):
        return None
    token = secrets.token_urlsafe(24)
    invitation = SurveyInvitation.objects.create(
        survey=survey,
        item=item,
        customer=customer,
        agent=agent,
        token_hash=token_hash(token),
        cause=cause,
        language=language,
        created_at=at,
        expires_at=at + timedelta(days=survey.valid_days),
        is_demo=item.is_demo,
    )
    return invitation, token


def asked_lately(survey: Survey, customer: Customer, at: datetime) -> bool:
    """Whether the person was asked within the survey's days. Belongs in the transaction that asks: two wait here."""
    if not survey.throttle_days:
        return False
    # Two of the person's tickets resolved at once must not both find that nobody has asked.
    lock_values([f"survey:{customer.pk}"])
    since = at - timedelta(days=survey.throttle_days)
    return SurveyInvitation.objects.filter(customer=customer, created_at__gt=since).exists()
