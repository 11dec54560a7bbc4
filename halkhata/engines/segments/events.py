"""Who came into a segment and who left it, for campaigns and rules. Not told while a whole segment is built."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SegmentEntered(DomainEvent):
    """A customer fits a segment from now on."""

    name: ClassVar[str] = "segment.entered"
    segment_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class SegmentLeft(DomainEvent):
    """A customer fits a segment no more."""

    name: ClassVar[str] = "segment.left"
    segment_id: int
    customer_id: int
