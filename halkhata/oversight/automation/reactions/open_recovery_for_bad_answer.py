"""A bad answer -> a recovery item for the agent who handled it, within 48 hours (A55.6)."""

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.feedback.events import SurveyAnswered
from halkhata.desks.service.choices import KIND as JOB
from halkhata.engines.work.choices import Priority
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.wording import digits_for, number_for
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.working_hours import last_opening_until
from halkhata.records.privacy.selectors.erased import is_erased

WITHIN = timedelta(hours=48)


@on(SurveyAnswered)
def open_recovery_for_bad_answer(event: SurveyAnswered) -> None:
    """Once per answer: the cause is the answer itself. A job card's bad answer is a complaint with the manager instead
    (open_complaint_for_bad_score_of_service.py).

    Due while the branch is open, and never later than promised, unless it is closed all that time.
    """
    if event.score > event.threshold:
        return
    item = WorkItem.objects.select_related("customer", "branch", "team").get(pk=event.item_id)
    if item.kind == JOB or is_erased(item.customer_id):
        return  # there is nobody to make it good to any more
    agent = User.objects.select_related("role", "branch").get(pk=event.agent_id)
    with translation.override(agent.language):
        subject = _("Make it good: %(number)s was answered with %(score)s of 5") % {
            "number": number_for(agent, item.number),
            "score": digits_for(agent, event.score),
        }
    at = now()
    plan_task(
        actor=SYSTEM,
        kind="recovery",
        subject=subject,
        customer=item.customer,
        parent=item,
        branch=item.branch,
        team=item.team,
        owner=agent,
        planned_at=last_opening_until(item.branch, since=at, until=at + WITHIN),
        priority=Priority.HIGH,
        cause=f"survey-response:{event.response_id}",
        is_demo=item.is_demo,
    )
