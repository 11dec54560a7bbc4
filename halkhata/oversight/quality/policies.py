"""Who may look at, score and hear objections about conversations."""

from django.db.models import QuerySet

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.policies import assignable
from halkhata.foundation.accounts.models import User
from halkhata.oversight.quality.models import Sample, Scorecard


def samples_for(supervisor: User) -> QuerySet[Sample]:
    """Drawn conversations of people in the supervisor's reach, about work the supervisor may see; never one's own."""
    if not supervisor.may("quality.score"):
        return Sample.objects.none()
    return (
        Sample.objects.filter(
            user__in=assignable(supervisor).order_by().values("pk"),
            conversation__item__in=WorkItem.objects.visible_to(supervisor),
        )
        .exclude(user=supervisor)
        .select_related("user__branch", "conversation__item", "score__scorer", "score__answered_by", "score__rubric")
    )


def own_samples(user: User) -> QuerySet[Sample]:
    """One's own conversations that were scored."""
    return Sample.objects.filter(user=user, score__isnull=False).select_related(
        "user__branch", "conversation__item", "score__scorer", "score__answered_by", "score__rubric"
    )


def can_answer(user: User, card: Scorecard) -> bool:
    """Hear the objection: a second supervisor, neither who scored nor who was scored."""
    waits = card.disputed_at is not None and card.answered_at is None
    return waits and user.may("quality.score") and user.pk not in {card.scorer_id, card.user_id}


def can_dispute(user: User, card: Scorecard) -> bool:
    """Object, once: whose conversation it is."""
    return user.pk == card.user_id and card.disputed_at is None
