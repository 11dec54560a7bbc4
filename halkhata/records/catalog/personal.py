"""Where the catalogue keeps what it knows about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_UNIT = _("The unit goes on living: its maker, its warranty and its next owner ask for it by its number.")
_BOOKS = _("Sales must be kept for the books; without a name.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            # Where a solar system stands, a registration number: typed freely, and of the owner alone.
            model_label="catalog.Unit", paths=("owner",), on_erasure="blank", order=600, blank={"extra": {}},
            label=_("Units"), why_kept=_UNIT,
        ),
        PersonalData(
            model_label="catalog.UnitIdentifier", paths=("unit__owner",), on_erasure="keep", order=600,
            hidden=frozenset({"folded", "space"}), label=_("Numbers of units"), why_kept=_UNIT,
        ),
        PersonalData(
            model_label="catalog.Ownership", paths=("customer",), on_erasure="blank", order=590,
            blank={"consent": ERASED}, label=_("Owners of units"), why_kept=_UNIT,
        ),
        PersonalData(
            model_label="catalog.Reading", paths=("unit__owner",), on_erasure="keep", order=600,
            label=_("Readings"), why_kept=_UNIT,
        ),
        PersonalData(
            model_label="catalog.UnitLife", paths=("unit__owner",), on_erasure="keep", order=600, append_only=True,
            label=_("Life of units"), why_kept=_UNIT,
        ),
        PersonalData(
            model_label="catalog.Purchase", paths=("customer",), on_erasure="blank", order=590,
            blank={"reverse_reason": ERASED}, hidden=frozenset({"key"}), label=_("Purchases"), why_kept=_BOOKS,
        ),
        PersonalData(
            model_label="catalog.PurchaseLine", paths=("purchase__customer",), on_erasure="keep", order=600,
            label=_("Lines of purchases"), why_kept=_BOOKS,
        ),
    )  # fmt: skip
