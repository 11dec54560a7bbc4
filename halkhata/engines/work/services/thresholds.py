"""At what point of a promise somebody is told: when a share of the time is gone, or when so many minutes are left.

Both are points on the clock of the promise itself, so working time counts where the promise counts it, and both move
with the due time (A51.8).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from halkhata.engines.work.models import SlaPolicy

BROKEN = 100
"""The share at which a promise is broken; kept among the warnings so that it, too, is told once."""


@dataclass(frozen=True, slots=True)
class Left:
    """So many minutes of the promised time are left."""

    minutes: int


Threshold: TypeAlias = "int | Left"
"""A share of the promised time in per cent, or the minutes of it that are left."""


def used_share(threshold: Threshold, target_minutes: int) -> Fraction:
    """How much of the promised time is gone at this threshold; what orders thresholds of both sorts."""
    if isinstance(threshold, Left):
        return Fraction(target_minutes - threshold.minutes, target_minutes)
    return Fraction(threshold, 100)


def in_order(thresholds: Iterable[Threshold], target_minutes: int) -> list[Threshold]:
    """The thresholds as they come on the clock of a promise; of two that meet, the minutes are told."""
    return sorted(thresholds, key=lambda one: (used_share(one, target_minutes), isinstance(one, Left)))


def warnings_of(policy: SlaPolicy, target_minutes: int) -> set[Threshold]:
    """Every threshold of a promise of this length at which a warning goes out, the breach itself among them.

    As many minutes left as were promised altogether, or more, warn of nothing: the promise has only just begun.
    """
    shares: set[Threshold] = {int(share) for share in policy.warn_at if 0 < int(share) < BROKEN}
    left = {Left(int(minutes)) for minutes in policy.warn_left if 0 < int(minutes) < target_minutes}
    return shares | left | {BROKEN}
