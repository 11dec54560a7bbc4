"""How a gateway for SMS (or any other way for short texts) is plugged in: it registers a carrier for its channel."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from halkhata.engines.messaging.models import TextMessage
from halkhata.foundation.core.registry import Registry


class Carried(StrEnum):
    """How a try to carry a text ended. ``in_doubt``: nobody knows whether it went; it is not tried again. ``nobody``:
    nothing carries it any more, a person may."""

    SENT = "sent"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    NOBODY = "nobody"


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


def _always() -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class TextCarrier:
    """One way for short texts; registered under its channel ("sms", "email"). For the words on pages: ``is_set_up``,
    whether it carries anything at all, and ``names``, what the shop calls what carries."""

    can_carry: CanCarry
    carry: Carry
    is_set_up: Callable[[], bool] = _always
    names: Callable[[], list[str]] = list


text_carriers: Registry[TextCarrier] = Registry("text_carriers")

# What carries a channel by the gateways that the shop itself has set up stands under this name.
GATEWAYS = "{channel} gateways"


def carrier_for(channel: str) -> TextCarrier | None:
    """What carries a channel: what is registered under its own name, else the shop's gateways."""
    return text_carriers.find(channel) or text_carriers.find(GATEWAYS.format(channel=channel))


def is_carried(channel: str) -> bool:
    """Whether anything is set up that carries this channel at all."""
    carrier = carrier_for(channel)
    return carrier is not None and carrier.is_set_up()
