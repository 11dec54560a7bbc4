"""The list of answers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from halkhata.desks.feedback.models import SurveyResponse
from halkhata.desks.feedback.selectors.csat import visible_responses
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.bengali_order import by_name
from halkhata.records.customers.selectors.keyset import Page, page_by_time


@dataclass(frozen=True, slots=True)
class AnswerFilter:
    """What the list and the numbers above it are narrowed to. ``scores`` empty: all of them."""

    since: datetime
    scores: tuple[int, ...] = ()
    agent: int | None = None
    with_comment: bool = False


def narrowed(user: User, wanted: AnswerFilter) -> QuerySet[SurveyResponse]:
    """The answers the filter leaves, of those the user may see."""
    rows = visible_responses(user).filter(answered_at__gte=wanted.since)
    if wanted.scores:
        rows = rows.filter(score__in=wanted.scores)
    if wanted.agent:
        rows = rows.filter(invitation__agent_id=wanted.agent)
    if wanted.with_comment:
        rows = rows.exclude(comment="")
    return rows


def answers_page(
    user: User, wanted: AnswerFilter, *, before: str | None = None, after: str | None = None, size: int = 25
) -> Page[SurveyResponse]:
    """One page of answers, newest first, with agent, customer and item at hand."""
    rows = narrowed(user, wanted).select_related("invitation__item", "invitation__customer", "invitation__agent")
    return page_by_time(rows, field="answered_at", before=before, after=after, size=size)


def agents_answered_about(user: User) -> list[User]:
    """Whom the answers are about, for the filter."""
    ids = visible_responses(user).order_by().values("invitation__agent_id").distinct()
    return by_name(User.objects.filter(pk__in=ids).order_by("pk"))
