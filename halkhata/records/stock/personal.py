"""Where the ledger of goods leads to people (foundation/core/personal_data.py): through the owner of a unit."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import PersonalData, register_personal_data

_BOOKS = _("Where goods were and when: the books of the shop need it. It names nobody.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="stock.Movement", paths=("unit__owner",), on_erasure="keep", order=430, append_only=True,
            label=_("Movements of goods"), why_kept=_BOOKS,
        ),
        PersonalData(
            model_label="stock.UnitPosition", paths=("unit__owner",), on_erasure="keep", order=430,
            label=_("Where goods are"), why_kept=_BOOKS,
        ),
    )  # fmt: skip
