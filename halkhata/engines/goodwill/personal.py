"""Where goodwill keeps what it knows about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="goodwill.Goodwill", paths=("customer",), on_erasure="blank", order=440, label=_("Goodwill"),
            blank={"reason": ERASED, "decision_note": ERASED}, why_kept=_("What a waived rule cost: accounts need it."),
        ),
    )  # fmt: skip
