"""Which rules may be waived: each app names its own."""

from dataclasses import dataclass
from typing import Any

from halkhata.foundation.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class GoodwillKind:
    """One rule that may be waived. ``help`` says in a sentence when."""

    code: str
    label: Any
    help: Any = ""
    order: int = 100


goodwill_kinds: Registry[GoodwillKind] = Registry("goodwill_kinds")
