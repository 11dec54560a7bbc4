"""What happens with surveys."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(DomainEvent):
    """A customer answered. ``threshold`` is the survey's at that moment: at or below it somebody must make it good."""

    name: ClassVar[str] = "survey.answered"

    response_id: int
    invitation_id: int
    item_id: int
    agent_id: int
    customer_id: int | None
    score: int
    threshold: int
