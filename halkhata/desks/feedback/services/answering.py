"""Taking the customer's answer. The link works once."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.events import SurveyAnswered
from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.services.asking import token_hash
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.activities import record_activity


def invitation_for(token: str) -> SurveyInvitation:
    """The invitation behind a link. Raises NotFound for a wrong token and for one that has run out."""
    invitation = (
        SurveyInvitation.objects.select_related("survey", "item", "customer", "agent")
        .filter(token_hash=token_hash(token))
        .first()
    )
    if invitation is None or invitation.expires_at <= now():
        raise NotFound("survey_gone", _("This link is not valid any more."))
    return invitation


def record_answer(*, token: str, score: int, comment: str = "") -> SurveyResponse:
    """Store the answer and publish it.

    Raises NotFound, Conflict (answered already), DomainError (score outside 1 to 5).
    """
    return answer_invitation(invitation=invitation_for(token), score=score, comment=comment)


def answer_invitation(
    *, invitation: SurveyInvitation, score: int, comment: str = "", actor: Actor = SYSTEM
) -> SurveyResponse:
    """The same, for whoever has shown in another way whose invitation it is. Raises Conflict, DomainError."""
    if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= 5:
        raise DomainError("score_missing", _("Choose a number from 1 to 5."), field="score")
    with transaction.atomic():
        # Locks the invitation: of two taps at once one stores, the other is told so.
        SurveyInvitation.objects.select_for_update().get(pk=invitation.pk)
        if SurveyResponse.objects.filter(invitation=invitation).exists():
            raise Conflict("answered_already", _("You have answered already. Thank you."))
        response = SurveyResponse.objects.create(
            invitation=invitation,
            score=score,
            comment=clean_text(comment, multiline=True, max_length=2000),
            answered_at=now(),
        )
        record(actor=actor, action="survey.answer", record=response, after={"score": score})
        record_activity(
            customer=invitation.customer,
            verb="survey.answered",
            data={"score": score, "number": invitation.item.number},
            at=response.answered_at,
        )
        publish(
            SurveyAnswered(
                response_id=response.pk,
                invitation_id=invitation.pk,
                item_id=invitation.item_id,
                agent_id=invitation.agent_id,
                customer_id=invitation.customer_id,
                score=score,
                threshold=invitation.survey.recovery_threshold,
            )
        )
    return response
