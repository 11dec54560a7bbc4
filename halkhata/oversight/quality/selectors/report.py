"""Scores by person and month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from halkhata.foundation.accounts.models import User
from halkhata.oversight.quality.models import Sample
from halkhata.oversight.quality.policies import samples_for


@dataclass(frozen=True, slots=True)
class MonthOfPerson:
    """``average`` in per cent over what is scored; None when nothing is."""

    drawn: int
    scored: int
    disputed: int
    average: int | None


def months_with_samples(supervisor: User, limit: int = 6) -> list[date]:
    """The latest months for which something was drawn, newest first."""
    rows = samples_for(supervisor).order_by("-month").values_list("month", flat=True).distinct()
    return list(rows[:limit])


def report(supervisor: User, months: list[date]) -> list[tuple[User, list[MonthOfPerson]]]:
    """Each person in reach with the months given, by name. One query."""
    cells: dict[User, dict[date, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples_for(supervisor).filter(month__in=months):
        cells[sample.user][sample.month].append(sample)
    return [
        (user, [_cell(of_user[month]) for month in months])
        for user, of_user in sorted(cells.items(), key=lambda pair: (pair[0].name, pair[0].pk))
    ]


def _cell(samples: list[Sample]) -> MonthOfPerson:
    cards = [sample.score for sample in samples if hasattr(sample, "score")]
    return MonthOfPerson(
        drawn=len(samples),
        scored=len(cards),
        disputed=sum(card.disputed_at is not None for card in cards),
        average=round(sum(card.percent for card in cards) / len(cards)) if cards else None,
    )
