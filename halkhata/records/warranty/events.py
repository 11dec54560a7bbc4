"""What happens to warranties, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RegistrationDecided(DomainEvent):
    """Somebody looked at the papers of a registration. ``state`` is "verified" or "rejected"."""

    name: ClassVar[str] = "warranty.registration_decided"

    registration_id: int
    number: str
    work_number: str
    state: str
    reason: str
    decided_by_id: int
