"""Where higher floors tell the warranty what their lines in a unit's life mean, and what the verdict shows first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from halkhata.foundation.core.registry import Registry

# Verbs of life lines that are a claim of the customer, by verb: "job.opened", "claim.opened".
claim_verbs: Registry[str] = Registry("claim_verbs")


@dataclass(frozen=True, kw_only=True)
class PartSwap:
    """A part with a number of its own was taken out of a unit, another put in; "" where one had no number."""

    unit_id: int
    at: datetime
    out: str = ""
    put_in: str = ""


# ``swaps()``: every swap of numbered parts, in any order, in a fixed number of queries.
part_sources: Registry[Callable[[], Iterable[PartSwap]]] = Registry("part_sources")


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign of the company that is open for a unit: shown before anything else."""

    label: Any
    url: str = ""


# ``open_campaigns(unit)`` in a fixed number of queries.
campaign_sources: Registry[Callable[[Any], list[Campaign]]] = Registry("campaign_sources")

# ``grant(actor, coupon, reason, cost)`` writes the goodwill down within its limits and names it (at most 60 letters); a
# DomainError refuses. Registered once, under "coupon", by whoever keeps the limits.
goodwill_grants: Registry[Callable[[Any, Any, str, Decimal], str]] = Registry("goodwill_grants")
