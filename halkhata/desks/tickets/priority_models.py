"""The matrix that makes a priority of impact and urgency, as the shop has set it (A52.9)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import PRIORITY_MATRIX, Impact, Urgency
from halkhata.engines.work.choices import Priority


def cell_column(impact: str, urgency: str) -> str:
    """The column in which the cell of this impact and this urgency stands."""
    return f"impact_{impact}_urgency_{urgency}"


MATRIX_COLUMNS = tuple(cell_column(impact, urgency) for impact, urgency in PRIORITY_MATRIX)


def _cell(impact: Impact, urgency: Urgency) -> models.CharField:
    return models.CharField(max_length=6, choices=Priority.choices, default=PRIORITY_MATRIX[(impact, urgency)].value)


class PriorityMatrix(models.Model):
    """The one row of nine cells; there is none until somebody changes a cell.

    The cells are columns of one row, none of them null: there is no matrix with a hole in it, nor half of one.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    impact_high_urgency_high = _cell(Impact.HIGH, Urgency.HIGH)
    impact_high_urgency_medium = _cell(Impact.HIGH, Urgency.MEDIUM)
    impact_high_urgency_low = _cell(Impact.HIGH, Urgency.LOW)
    impact_medium_urgency_high = _cell(Impact.MEDIUM, Urgency.HIGH)
    impact_medium_urgency_medium = _cell(Impact.MEDIUM, Urgency.MEDIUM)
    impact_medium_urgency_low = _cell(Impact.MEDIUM, Urgency.LOW)
    impact_low_urgency_high = _cell(Impact.LOW, Urgency.HIGH)
    impact_low_urgency_medium = _cell(Impact.LOW, Urgency.MEDIUM)
    impact_low_urgency_low = _cell(Impact.LOW, Urgency.LOW)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="tickets_matrix_is_one_row"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{column}__in": Priority.values}), name=f"tickets_{column.replace('urgency_', '')}"
                )
                for column in MATRIX_COLUMNS
            ),
        ]

    def __str__(self) -> str:
        return str(_("Priorities"))
