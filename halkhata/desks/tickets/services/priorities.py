"""Changing the matrix that makes a priority of impact and urgency (A52.9)."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import PRIORITY_MATRIX, Impact, Urgency
from halkhata.desks.tickets.models import PriorityMatrix
from halkhata.desks.tickets.priority_models import MATRIX_COLUMNS, cell_column
from halkhata.desks.tickets.selectors.priorities import priority_matrix
from halkhata.desks.tickets.services.settings_guard import require_settings
from halkhata.engines.work.choices import Priority
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import Conflict, DomainError


def save_priority_matrix(
    *, actor: Actor | None, cells: Mapping[tuple[str, str], str], version: int | None = None
) -> dict[tuple[Impact, Urgency], Priority]:
    """Set all nine cells; they hold for tickets that are opened, or whose impact or urgency changes, from now on.

    ``cells`` has impact and urgency as its keys. What changes nothing is not written. Raises PermissionRefused;
    DomainError ``not_whole`` when a cell is missing or none of the nine, ``unknown_priority`` at the field of a cell;
    Conflict ``changed_meanwhile`` when ``version`` is not current.
    """
    require_settings(actor)
    if set(cells) != set(PRIORITY_MATRIX):
        raise DomainError("not_whole", _("Every cell needs a priority."))
    for cell, priority in cells.items():
        if priority not in Priority.values:
            raise DomainError("unknown_priority", _("Choose a priority from the list."), field=cell_column(*cell))
    with transaction.atomic():
        PriorityMatrix.objects.get_or_create(pk=1)
        row = PriorityMatrix.objects.select_for_update().get(pk=1)
        if version is not None and row.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed these priorities meanwhile. Please look at them again.")
            )
        before = _state(row)
        for cell, priority in cells.items():
            setattr(row, cell_column(*cell), str(priority))
        after = _state(row)
        if after != before:
            row.version += 1
            row.save()
            record(actor=actor, action="priority_matrix.save", record=row, before=before, after=after)
    return priority_matrix()


def _state(row: PriorityMatrix) -> dict[str, str]:
    return {column: str(getattr(row, column)) for column in MATRIX_COLUMNS}
