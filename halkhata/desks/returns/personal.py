"""Where the returns desk keeps what it knows about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_BOOKS = _("What was given back and what was paid for it: the books of the shop need it.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="returns.ReturnRequest", paths=("customer",), on_erasure="blank", order=430,
            label=_("Returns"), why_kept=_BOOKS,
            blank={
                "note": "", "appeal_text": ERASED, "appeal_answer": ERASED, "reject_reason": ERASED,
                "decision_note": ERASED, "receipt_note": "", "inspection_note": "", "goodwill_reason": ERASED,
                "settle_reference": "", "tracking_code": "", "carrier": "", "method_reason": ERASED,
            },
        ),
        PersonalData(
            model_label="returns.ReturnFile", paths=("request__customer",), on_erasure="delete", order=420,
            files=("file",), label=_("Photos of returns"),
        ),
        PersonalData(
            model_label="returns.CreditNote", paths=("customer",), on_erasure="keep", order=420,
            label=_("Store credit"), why_kept=_BOOKS, tie="number",
        ),
        PersonalData(
            model_label="returns.Advance", paths=("request__customer",), on_erasure="blank", order=418,
            blank={"days_reason": ""}, label=_("Replacements given in advance"), why_kept=_BOOKS,
        ),
        PersonalData(
            model_label="returns.DepositEntry", paths=("advance__request__customer",), on_erasure="keep", order=416,
            label=_("Deposits"), why_kept=_BOOKS,
        ),
        PersonalData(
            model_label="returns.Parcel", paths=("matched_to__customer", "unit__owner"), on_erasure="blank", order=425,
            blank={"sender": "", "content": ERASED, "serial": "", "end_note": ""},
            label=_("Parcels without a number"), why_kept=_BOOKS,
        ),
        PersonalData(
            model_label="returns.ParcelFile", paths=("parcel__matched_to__customer", "parcel__unit__owner"),
            on_erasure="delete", order=415, files=("file",), label=_("Photos of parcels"),
        ),
    )  # fmt: skip
