"""Where higher floors tell the warranty what their lines in a unit's life mean, and what the verdict shows first."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from halkhata.foundation.core.registry import Registry

# Verbs of life lines that are a claim of the customer, by verb: "job.opened", "claim.opened".
claim_verbs: Registry[str] = Registry("claim_verbs")
# Verbs of life lines that say a part was changed; their data hold ``out`` and ``in``: the numbers of the two parts.
part_verbs: Registry[str] = Registry("part_verbs")


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
