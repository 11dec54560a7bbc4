"""Where promised dates keep what they know about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import (
    ERASED,
    PersonalData,
    PersonalTrace,
    register_personal_data,
    register_personal_traces,
)

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
        PersonalData(
            model_label="deliveries.Parcel", paths=("customer", "promise__customer", "item__customer"),
            on_erasure="blank", order=435, label=_("Parcels"), blank={"what": ERASED}, why_kept=_TIMES,
        ),
        PersonalData(
            model_label="deliveries.ParcelEvent",
            paths=("parcel__customer", "parcel__promise__customer", "parcel__item__customer"),
            on_erasure="blank", order=430, label=_("What happened to parcels"),
            blank={"place": ERASED, "reason": ERASED}, append_only=True, why_kept=_TIMES,
        ),
    )  # fmt: skip
    # A courier may write a name or a phone into what nobody could read.
    register_personal_traces(PersonalTrace(model_label="deliveries.CourierMessage", columns=("body", "note")))
