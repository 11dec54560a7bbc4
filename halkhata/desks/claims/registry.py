"""Where floors above tell the claims desk what belongs to a claim. No desk is imported for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from halkhata.foundation.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper that the house makes by itself: goes into the evidence pack, and counts as the photo of its kind.

    ``make()`` gives the bytes of a PDF; it is asked for the pack alone.
    """

    kind: str
    name: str
    make: Callable[[], bytes]


# ``papers(claim)``: those that there are for a claim, in a fixed number of queries.
paper_sources: Registry[Callable[[Any], list[Paper]]] = Registry("paper_sources")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a piece of work gives for a claim about it: its unit, values of the claim, its lines, its photos.

    ``values`` are arguments of ``opening.open_claim``; ``lines`` those of ``opening.NewLine``.
    """

    unit: Any
    values: dict[str, Any]
    lines: tuple[Any, ...] = ()
    # (StoredFile, kind, note)
    files: tuple[tuple[Any, str, str], ...] = ()


# ``propose(item)``: what a work item of this kind (by the kind's code) gives for a claim; None when there is nothing.
claim_proposals: Registry[Callable[[Any], Proposal | None]] = Registry("claim_proposals")


@dataclass(frozen=True, kw_only=True)
class LossSource:
    """Rows of money that no company pays back. Several sources may share a ``reason`` (``choices.LossReason``).

    ``rows(user)``: what the user may see, as a queryset that names for each row ``loss_brand`` (key of the brand),
    ``loss_at``, ``loss_currency``, ``loss_amount``, ``loss_item`` (key of the work item), ``loss_number``,
    ``loss_kind`` (of the work item), ``loss_branch`` (its key) and ``loss_what``.
    """

    reason: str
    rows: Callable[[Any], Any]


loss_sources: Registry[LossSource] = Registry("loss_sources")
