"""Where promised dates keep what they know about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_TIMES = _("Which dates were kept: reports count it.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="deliveries.DeliveryPromise", paths=("customer", "item__customer"), on_erasure="blank",
            order=445, label=_("Promised dates"), blank={"what": ERASED}, why_kept=_TIMES,
        ),
        PersonalData(
            model_label="deliveries.DeliveryStep", paths=("promise__customer", "promise__item__customer"),
            on_erasure="blank", order=440, label=_("Changes of promised dates"), blank={"note": ""},
            append_only=True, why_kept=_TIMES,
        ),
    )  # fmt: skip
