"""Where this desk keeps what it knows about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_UNIT = _("The unit goes on living: its maker, its warranty and its next owner ask for it by its number.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="aftercare.Reminder", paths=("customer",), on_erasure="blank", order=440,
            blank={"note": ERASED}, hidden=frozenset({"due_key"}), label=_("Service reminders"), why_kept=_UNIT,
        ),
        PersonalData(
            model_label="aftercare.ReminderStop", paths=("customer",), on_erasure="keep", order=440,
            label=_("Units without reminders"), why_kept=_UNIT,
        ),
        PersonalData(
            model_label="aftercare.RecallUnit", paths=("unit__owner",), on_erasure="blank", order=440,
            blank={"note": ERASED}, label=_("Recalls of units"), why_kept=_UNIT,
        ),
    )  # fmt: skip
