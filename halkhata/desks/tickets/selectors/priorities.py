"""The matrix of priorities as the shop has set it (A52.9)."""

from halkhata.desks.tickets.choices import PRIORITY_MATRIX, Impact, Urgency
from halkhata.desks.tickets.models import PriorityMatrix
from halkhata.desks.tickets.priority_models import cell_column
from halkhata.engines.work.choices import Priority


def priority_matrix() -> dict[tuple[Impact, Urgency], Priority]:
    """All nine cells that hold now; the starting ones while nobody has changed any. One query."""
    row = PriorityMatrix.objects.filter(pk=1).first() or PriorityMatrix()
    return {cell: Priority(getattr(row, cell_column(*cell))) for cell in PRIORITY_MATRIX}


def matrix_version() -> int:
    """What ``save_priority_matrix`` takes as ``version``: of the matrix as it is now."""
    return PriorityMatrix.objects.filter(pk=1).values_list("version", flat=True).first() or PriorityMatrix().version
