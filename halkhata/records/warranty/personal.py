"""Where the warranty keeps what it knows about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_PROMISE = _("What was promised for a unit: the next owner, and the company, may ask for it.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="warranty.Registration", paths=("customer", "unit__owner"), addresses=("phone",),
            on_erasure="blank", order=440, files=("photo",), hidden=frozenset({"key"}), tie="number",
            blank={"person_name": "", "phone": "", "invoice_no": "", "sold_by": "", "decision_note": ""},
            label=_("Warranty registrations"), why_kept=_PROMISE,
        ),
        PersonalData(
            model_label="warranty.Cover", paths=("unit__owner",), on_erasure="keep", order=440, label=_("Warranties"),
            why_kept=_PROMISE,
        ),
        PersonalData(
            model_label="warranty.Coupon", paths=("unit__owner",), on_erasure="keep", order=440,
            label=_("Free services"), why_kept=_PROMISE,
        ),
        PersonalData(
            model_label="warranty.Card", paths=("unit__owner",), on_erasure="keep", order=440,
            hidden=frozenset({"token"}), label=_("Warranty cards"), why_kept=_PROMISE,
        ),
        PersonalData(
            model_label="warranty.Flag", paths=("unit__owner",), on_erasure="blank", order=440, blank={"note": ERASED},
            label=_("What stood out"), why_kept=_PROMISE,
        ),
    )  # fmt: skip
