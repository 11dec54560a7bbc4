"""The form of the matrix of priorities."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import PRIORITY_MATRIX, Impact, Urgency
from halkhata.desks.tickets.forms import DeskForm
from halkhata.desks.tickets.priority_models import cell_column
from halkhata.engines.work.choices import Priority

# The worst first, as on the page.
_WORST_FIRST = ("high", "medium", "low")


class PriorityMatrixForm(DeskForm):
    """Nine choices, one for each cell."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for impact, urgency in PRIORITY_MATRIX:
            self.fields[cell_column(impact, urgency)] = forms.ChoiceField(
                label=urgency.label,
                choices=Priority.choices,
                error_messages={
                    "required": _("Choose a priority from the list."),
                    "invalid_choice": _("Choose a priority from the list."),
                },
            )

    @staticmethod
    def initial_of(cells: Mapping[tuple[Impact, Urgency], Priority], version: int) -> dict[str, Any]:
        """What the form shows of a matrix."""
        return {"version": version, **{cell_column(*cell): priority.value for cell, priority in cells.items()}}

    def cells(self) -> dict[tuple[str, str], str]:
        """The nine cells of a valid form."""
        return {cell: self.cleaned_data[cell_column(*cell)] for cell in PRIORITY_MATRIX}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row for each impact with its three fields."""
        return [
            {
                "label": Impact(impact).label,
                "fields": [self[cell_column(impact, urgency)] for urgency in _WORST_FIRST],
            }
            for impact in _WORST_FIRST
        ]
