"""One digit by SMS as the answer to a question that went to the number (A55.1)."""

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.feedback.services.answering import answer_invitation
from halkhata.engines.messaging.arriving_choices import TextOutcome
from halkhata.engines.messaging.arriving_registry import ArrivedText, TakenText
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.text_caps import answer_text
from halkhata.engines.messaging.text_choices import TextPurpose, TextState
from halkhata.engines.messaging.texting.keywords import one_digit
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict

SMS = SystemActor("SMS")
# A digit that comes later is no answer any more: it may be anything.
ASKED_WITHIN = timedelta(days=7)
# The customer has not read what has not gone.
_NOT_GONE = (
    TextState.PREPARED, TextState.HELD, TextState.QUEUED, TextState.FAILED, TextState.WITHDRAWN, TextState.REFUSED,
)  # fmt: skip
_BEGINS, _ENDS = "survey:", ":sms"


def text_cause(invitation_id: int) -> str:
    """The cause of the text that asks: by it the answer finds its question."""
    return f"{_BEGINS}{invitation_id}{_ENDS}"


def take_digit(arrived: ArrivedText) -> TakenText | None:
    """Store "1" to "5" as the score of the question that the number was asked last; None for any other text.

    Once, by the rules of the link: a second digit, and one to a question that has run out, is an ordinary message.
    """
    score = one_digit(arrived.words)
    if score is None or not 1 <= score <= 5:
        return None
    invitation = _asked(arrived.number)
    if invitation is None:
        return None
    try:
        answer_invitation(invitation=invitation, score=score, actor=SMS)
    except Conflict:
        return None
    _thank(arrived, invitation)
    return TakenText(outcome=TextOutcome.SURVEY_ANSWERED, item=invitation.item, customer=invitation.customer)


def _asked(number: str) -> SurveyInvitation | None:
    asked = TextMessage.objects.filter(
        to_address=number, purpose=TextPurpose.SURVEY, cause__startswith=_BEGINS, prepared_at__gt=now() - ASKED_WITHIN
    ).exclude(state__in=_NOT_GONE)
    cause = asked.order_by("-prepared_at", "-pk").values_list("cause", flat=True).first()
    pk = (cause or "").removeprefix(_BEGINS).removesuffix(_ENDS)
    if not (pk.isascii() and pk.isdigit()):
        return None
    open_still = SurveyInvitation.objects.filter(pk=int(pk), expires_at__gt=now(), response__isnull=True)
    return open_still.select_related("survey", "item__customer", "customer", "agent").first()


def _thank(arrived: ArrivedText, invitation: SurveyInvitation) -> None:
    with translation.override(invitation.language):
        words = _("Thank you. We have written down your answer.")
    answer_text(
        item=invitation.item, number=arrived.number, words=words, cause=f"{text_cause(invitation.pk)}:thanks",
        language=invitation.language,
    )  # fmt: skip
