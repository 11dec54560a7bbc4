"""How a gateway for SMS (or any other way for short texts) is plugged in: it registers a carrier for its channel."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from halkhata.engines.messaging.models import TextMessage
from halkhata.foundation.core.registry import Registry


class Carried(StrEnum):
    """How a try to carry a text ended. ``in_doubt``: nobody knows whether it went; it is not tried again."""

    SENT = "sent"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


class CanCarry(Protocol):
    """Whether a text can be taken now."""

    def __call__(self, message: TextMessage) -> bool:
        """Looks at settings only: talks to nobody."""
        ...


class Carry(Protocol):
    """Takes a text over the network. Runs in a job, outside any transaction; never raises for what the network does."""

    def __call__(self, message: TextMessage, text: str) -> tuple[Carried, str]:
        """Returns the verdict and what the other side said. ``message.cause`` is the key that keeps it single."""
        ...


@dataclass(frozen=True, kw_only=True)
class TextCarrier:
    """One way for short texts; registered under its channel ("sms", "email")."""

    can_carry: CanCarry
    carry: Carry


text_carriers: Registry[TextCarrier] = Registry("text_carriers")
