"""How an app understands a short text that is no message: an answer in digits, a keyword."""

from collections.abc import Callable
from dataclasses import dataclass, field

from halkhata.engines.messaging.models import InboundText
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.registry import Registry
from halkhata.records.customers.models import Customer


@dataclass(frozen=True, kw_only=True)
class ArrivedText:
    """A text, with all that is known of who sent it. ``people`` have the number, whose number it is first."""

    row: InboundText
    words: str
    number: str
    people: list[Customer] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TakenText:
    """What an app made of a text. ``item``: in whose thread it is shown; nothing there is waked by it."""

    outcome: str
    item: WorkItem | None = None
    customer: Customer | None = None


@dataclass(frozen=True, kw_only=True)
class TextTaker:
    """Asked in ascending ``order``, in the transaction that ends the text; None: it is an ordinary message."""

    order: int
    take: Callable[[ArrivedText], TakenText | None]


text_takers: Registry[TextTaker] = Registry("text_takers")
