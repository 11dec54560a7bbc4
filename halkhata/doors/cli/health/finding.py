"""One thing that ``halkhata check`` looked at."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``name`` is for machines and never changes; ``label`` and ``detail`` are in the language of the reader.

    ``values`` are the figures behind the words: instants as datetimes, sizes in bytes, spans in seconds.
    """

    name: str
    label: str
    ok: bool
    detail: str
    values: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: name, ok, detail, values."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "values": self.values}
