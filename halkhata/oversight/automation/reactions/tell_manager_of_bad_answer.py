"""A bad answer -> whoever answers for the branch hears of it (US-18)."""

from halkhata.desks.feedback.events import SurveyAnswered
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.ladder import manager_of
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on


@on(SurveyAnswered)
def tell_manager_of_bad_answer(event: SurveyAnswered) -> None:
    """Once per answer. Nobody is told when everybody in charge is away: the recovery item stands in the queue."""
    if event.score > event.threshold:
        return
    item = WorkItem.objects.select_related("branch").get(pk=event.item_id)
    manager = manager_of(item.branch, now())
    if manager is None or manager.pk == event.agent_id:
        return  # the agent gets the recovery item itself
    notify(
        user=manager,
        verb="survey.bad_answer",
        item=item,
        data={"score": event.score},
        cause=f"survey-response:{event.response_id}:manager",
    )
