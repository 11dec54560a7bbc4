"""Which classes of data have a period after which they go."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from halkhata.foundation.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class RetentionClass:
    """One class of data. ``sweep(cutoff, held, limit)`` removes what is older than ``cutoff`` and belongs to nobody
    among ``held`` (customers under a legal hold), at most ``limit`` records, and returns how many.

    ``proposed_days`` is what the page suggests; nothing goes before somebody sets a period.
    """

    label: Any
    description: Any
    proposed_days: int
    sweep: Callable[[datetime, Collection[int], int], int]
    order: int = 100


retention_classes: Registry[RetentionClass] = Registry("retention_classes")
