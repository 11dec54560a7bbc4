"""Where the service desk keeps what it knows about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_TIMES = _("What was repaired, when and at whose cost: warranty and accounts need it.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="service.ServiceJob", paths=("customer",), on_erasure="blank", order=450,
            label=_("Job cards"), why_kept=_TIMES,
            blank={"complaint": ERASED, "accessories": [], "condition_note": "", "diagnosis": "", "cancel_note": ""},
        ),
        PersonalData(
            model_label="service.JobPhoto", paths=("job__customer",), on_erasure="delete", order=430,
            files=("file",), label=_("Photos of job cards"),
        ),
        PersonalData(
            model_label="service.JobBooking", paths=("customer",), on_erasure="blank", order=440,
            blank={"complaint": ERASED, "answer": ERASED}, hidden=frozenset({"key"}), label=_("Bookings"),
            why_kept=_TIMES,
        ),
        PersonalData(
            model_label="service.BookingPhoto", paths=("booking__customer",), on_erasure="delete", order=430,
            files=("file",), label=_("Photos of bookings"),
        ),
        PersonalData(
            model_label="service.PartRequest", paths=("job__customer",), on_erasure="keep", order=440,
            label=_("Ordered parts"), why_kept=_TIMES,
        ),
        PersonalData(
            model_label="service.JobLine", paths=("job__customer", "goodwill__customer"), on_erasure="keep", order=440,
            label=_("Lines of job cards"), why_kept=_TIMES,
        ),
        PersonalData(
            model_label="service.Estimate", paths=("job__customer",), on_erasure="blank", order=440,
            blank={"answered_by": ERASED, "answer_note": ""}, label=_("Estimates"), why_kept=_TIMES,
        ),
        PersonalData(
            model_label="service.JobCode", paths=("job__customer",), on_erasure="keep", order=440,
            hidden=frozenset({"code_hash"}), label=_("One-time codes of job cards"), why_kept=_TIMES,
        ),
        PersonalData(
            model_label="service.Handover", paths=("job__customer",), on_erasure="blank", order=440,
            blank={"taken_by": ERASED, "relation": "", "typed_name": ERASED, "strokes": [], "note": ""},
            label=_("Hand-overs"), why_kept=_TIMES,
        ),
    )  # fmt: skip
