"""A score that was said on the phone or written on paper: put down by whoever made the contact (US-18 AC 2)."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.services.answering import answer_invitation
from halkhata.desks.feedback.services.asking import asked_lately, csat_survey, token_hash
from halkhata.engines.work.choices import Outcome, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.policies import can_work_on
from halkhata.engines.work.services.tasks import complete_task
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, NotFound, PermissionRefused
from halkhata.records.privacy.selectors.erased import is_erased


def record_score(*, actor: User, task: WorkItem, score: int, comment: str = "") -> SurveyResponse:
    """Store what the customer of a contact said about the job or ticket behind it, and finish the contact.

    A question that is open for it is answered by this; otherwise it counts as one more question to that person, and is
    refused within the survey's days. Raises PermissionRefused, NotFound (nothing stands behind the contact, or nobody),
    Conflict ``asked_lately``, ``answered_already``, DomainError ``score_missing``.
    """
    if not can_work_on(actor, task):
        raise PermissionRefused("task_refused", _("This is somebody else's task."))
    about = task.parent
    if about is None or about.customer is None or is_erased(about.customer_id):
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    with transaction.atomic():
        rows = SurveyInvitation.objects.filter(item=about, customer=about.customer).order_by("-created_at")
        invitation = rows.filter(response__isnull=True).first() or _invite(task, about)
        response = answer_invitation(invitation=invitation, score=score, comment=comment, actor=actor)
        if task.state_flag != StateFlag.RESOLVED:
            complete_task(actor=actor, item=task, outcome=Outcome.REACHED, note=comment)
    return response


def _invite(task: WorkItem, about: WorkItem) -> SurveyInvitation:
    survey, at = csat_survey(), now()
    if about.customer is not None and asked_lately(survey, about.customer, at):
        raise Conflict("asked_lately", _("This person was asked a short while ago: one survey is enough."))
    return SurveyInvitation.objects.create(
        survey=survey,
        item=about,
        customer=about.customer,
        agent=about.owner,
        # A link that nobody has.
        token_hash=token_hash(secrets.token_urlsafe(24)),
        cause=f"by-hand:{task.pk}",
        language=about.customer.language if about.customer is not None else "bn",
        created_at=at,
        expires_at=at + timedelta(days=survey.valid_days),
        is_demo=about.is_demo,
    )
