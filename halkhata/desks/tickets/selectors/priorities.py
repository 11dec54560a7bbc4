"""The matrix of priorities as the shop has set it (A52.9)."""

from halkhata.desks.tickets.choices import PRIORITY_MATRIX, Impact, Urgency
from halkhata.desks.tickets.models import PriorityMatrix
from halkhata.desks.tickets.priority_models import cell_column
from halkhata.engines.work.choices import Priority
from halkhata.foundation.core.kept_sql import kept_objects


def priority_matrix() -> dict[tuple[Impact, Urgency], Priority]:
    """All nine cells that hold now; the starting ones while nobody has changed any. One query."""
    rows = kept_objects("priority matrix", lambda: PriorityMatrix.objects.filter(pk=1), {})
    row = rows[0] if rows else PriorityMatrix()
    return {cell: Priority(getattr(row, cell_column(*cell))) for cell in PRIORITY_MATRIX}


def matrix_version() -> int:
    """What ``save_priority_matrix`` takes as ``version``: of the matrix as it is now."""
    return PriorityMatrix.objects.filter(pk=1).values_list("version", flat=True).first() or PriorityMatrix().version
