"""Customer satisfaction in numbers, each with its definition (A55.3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from halkhata.desks.feedback.models import Survey, SurveyInvitation, SurveyResponse
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition

# "Top two boxes": 4 and 5 of 5 are satisfied customers (A55.3).
TOP_BOX = 4
# Where the shop has set no other (A55.6).
BAD_UNTIL = 2


@dataclass(frozen=True, slots=True)
class Csat:
    """Satisfaction over some answers. ``mean`` and ``top_box`` (per cent of 4 and 5) are None without answers."""

    asked: int
    answered: int
    mean: float | None
    top_box: float | None
    bad: int

    @property
    def answer_rate(self) -> float | None:
        """Share of those asked who answered, 0 to 100; None when nobody was asked."""
        return 100 * self.answered / self.asked if self.asked else None


def _reach(user: User, path: str = "") -> Q:
    """The condition for invitations the user may know of; ``path`` leads to them ("invitation__").

    Work inside the record scope; without the right to see reports only what the user handled (B.7: own numbers only).
    """
    item = f"{path}item__"
    # The days asked about lead; whose work it was is looked at.
    inside = as_value(scope_condition(user, owner=f"{item}owner", team=f"{item}team", branch=f"{item}branch"))
    return inside if user.may("report.view") else inside & Q(**{f"{path}agent_id": user.pk})


def visible_responses(user: User) -> QuerySet[SurveyResponse]:
    """Answers about work inside the user's record scope; without the right to see reports, about the user's own."""
    return SurveyResponse.objects.filter(_reach(user, "invitation__"))


def bad_until() -> int:
    """The highest score that counts as a bad answer, as the shop has set it."""
    return Survey.objects.filter(code=Survey.CSAT).values_list("recovery_threshold", flat=True).first() or BAD_UNTIL


def csat_of(answers: QuerySet[SurveyResponse], asked: int) -> Csat:
    """The numbers of these answers, in two queries. ``asked`` is how many invitations they came from."""
    row: dict[str, Any] = answers.aggregate(
        n=Count("pk"),
        mean=Avg("score"),
        top=Count("pk", filter=Q(score__gte=TOP_BOX)),
        bad=Count("pk", filter=Q(score__lte=bad_until())),
    )
    return Csat(
        asked=asked,
        answered=row["n"],
        mean=None if row["mean"] is None else round(float(row["mean"]), 2),
        top_box=round(100 * row["top"] / row["n"], 1) if row["n"] else None,
        bad=row["bad"],
    )


def csat_summary(user: User, since: datetime) -> Csat:
    """Satisfaction from the answers given since ``since`` about work the user may see: three queries.

    ``asked`` counts the invitations made since then; an answer to an older invitation counts as an answer all the same,
    so the rate is that of a period and not of a cohort.
    """
    asked = SurveyInvitation.objects.filter(_reach(user), created_at__gte=since).count()
    return csat_of(visible_responses(user).filter(answered_at__gte=since), asked)
