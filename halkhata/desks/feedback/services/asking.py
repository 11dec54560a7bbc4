"""Asking the customer how it was (A55.3)."""

import hashlib
import secrets
from datetime import timedelta

from django.db import connection, transaction

from halkhata.desks.feedback.models import Survey, SurveyInvitation
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer


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
    *, item: WorkItem, customer: Customer | None, agent: User, cause: str, language: str
) -> tuple[SurveyInvitation, str] | None:
    """Make an invitation and its secret token, or None when this cause has asked already or the survey is off.

    Must run in the transaction that also queues the message with the link: the token exists nowhere else.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("invite_customer() belongs inside a transaction")
    survey = csat_survey()
    if not survey.is_active or SurveyInvitation.objects.filter(cause=cause).exists():
        return None
    token = secrets.token_urlsafe(24)
    at = now()
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
