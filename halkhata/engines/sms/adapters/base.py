"""What every kind of gateway can be asked, and how an adapter says what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from halkhata.engines.sms.choices import Fault, ReportSays


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where and as whom a gateway is called. ``options`` and ``secrets`` hold what the adapter's fields ask for."""

    url: str
    sender: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Order:
    """One text to carry. ``to`` is E.164; ``key`` is ours and the same at each try; ``report_url`` "" when the shop has
    no address that the gateway could call."""

    to: str
    text: str = field(repr=False)
    key: str
    is_offer: bool = False
    report_url: str = ""

    @property
    def digits(self) -> str:
        """The number without the plus, as most gateways want it."""
        return self.to.removeprefix("+")


class Verdict(StrEnum):
    """How handing over ended. ``busy``: it was certainly not taken; ``unknown``: it may have been."""

    ACCEPTED = "accepted"
    BUSY = "busy"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The answer to an order. ``said`` is the gateway's code and words, whatever they mean."""

    verdict: Verdict
    provider_id: str = ""
    fault: str = Fault.NONE
    said: str = ""


class Standing(StrEnum):
    """What a gateway says of a text when it is asked. ``never_seen``: it has never got it."""

    DELIVERED = "delivered"
    FAILED = "failed"
    TAKEN = "taken"
    NEVER_SEEN = "never_seen"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, kw_only=True)
class Told:
    """The answer to a question about one text."""

    standing: Standing
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Balance:
    """The answer to a question about the account: an amount, or why there is none."""

    amount: Decimal | None = None
    fault: str = Fault.NONE
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a delivery report names and says; ``says`` NOTHING when it cannot be read."""

    key: str = ""
    provider_id: str = ""
    says: str = ReportSays.NOTHING
    word: str = ""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What a text that somebody wrote to the shop says. ``at`` as the gateway writes it."""

    provider_id: str = ""
    from_number: str = ""
    to_number: str = ""
    text: str = ""
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One field of an adapter's form. ``choices``: a list to choose from; ``lines``: several lines."""

    name: str
    label: Any
    help: Any = ""
    required: bool = True
    secret: bool = False
    lines: bool = False
    choices: tuple[tuple[str, Any], ...] = ()
    initial: str = ""


class Adapter(Protocol):
    """One kind of gateway. Talks to the network only through core/outbound_http.py; never raises for what it answers.

    ``keeps_keys``: the same key handed over twice is one text. ``asks_by``: "key" when it can be asked about a text by
    our key, "id" when only by its own, "" when not at all. ``tried``: it was tried against the real service.
    """

    first_url: str
    keeps_keys: bool
    asks_by: str
    knows_balance: bool
    tried: bool

    @property
    def fields(self) -> tuple[Asked, ...]:
        """What its form asks besides what every gateway's does."""
        ...

    def send(self, access: Access, order: Order) -> Sent:
        """Hand one text over."""
        ...

    def ask(self, access: Access, *, key: str, provider_id: str) -> Told:
        """What became of a text; only where ``asks_by`` is not empty."""
        ...

    def balance(self, access: Access) -> Balance:
        """What is left; only where ``knows_balance``."""
        ...

    def keeps(self, access: Access) -> bool:
        """Whether this account keeps keys."""
        ...

    def asks(self, access: Access) -> str:
        """By what this account can be asked."""
        ...

    def read_report(self, access: Access, fields: Mapping[str, str]) -> Report:
        """What the fields of a delivery report say."""
        ...

    def read_text(self, access: Access, fields: Mapping[str, str]) -> Arrived:
        """What the fields of an arriving text say."""
        ...
