"""Where desks beside this one and floors above tell what belongs to a dispute. No desk is imported for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from halkhata.foundation.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing for the evidence file. ``file`` is a StoredFile; without one ``text`` is what is kept.

    ``origin`` names where it came from, always the same for the same thing ("message:17").
    """

    kind: str
    party: str
    origin: str
    title: str
    text: str = ""
    happened_at: datetime | None = None
    file: Any = None
    fact: str = ""


@dataclass(frozen=True, kw_only=True)
class EvidenceSource:
    """What is taken into the file by itself. ``collect(dispute, item_ids)`` in a fixed number of queries.

    ``item_ids`` are the work items that the dispute is about: the linked one, what was merged into it, its children.
    """

    order: int
    label: Any
    collect: Callable[[Any, Sequence[int]], Iterable[Found]]


# ``find(dispute, item_ids)`` gives the staff who handled it: user id -> in a few words what they did.
InvolvementSource = Callable[[Any, Sequence[int]], Mapping[int, Any]]

evidence_sources: Registry[EvidenceSource] = Registry("evidence_sources")
# What lines of an origin ("service.jobphoto:17") are called in the reader's language, by the part before the colon.
evidence_words: Registry[Any] = Registry("evidence_words")
# What a column of such a record is called ("opened_at", or "service.jobline.taken_by" where it differs); "" hides it.
evidence_columns: Registry[Any] = Registry("evidence_columns")
involvement_sources: Registry[InvolvementSource] = Registry("involvement_sources")
