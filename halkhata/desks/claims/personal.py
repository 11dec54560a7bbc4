"""Which of this desk's fields are about a person: claims name none, but their words and photos may."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_BOOKS = _("What was claimed from the company and what it paid: the books of the shop need it.")


def register() -> None:
    """Name the personal data of this desk."""
    register_personal_data(
        PersonalData(
            model_label="claims.Claim", paths=("unit__owner",), on_erasure="blank", order=460,
            blank={"description": "", "answer": ERASED}, label=_("Claims to companies"), why_kept=_BOOKS,
        ),
        PersonalData(
            model_label="claims.ClaimFile", paths=("claim__unit__owner",), on_erasure="delete", order=425,
            files=("file",), label=_("Photos of claims to companies"),
        ),
        PersonalData(
            model_label="claims.ClaimLine", paths=("claim__unit__owner",), on_erasure="keep", order=455,
            label=_("Lines of claims to companies"), why_kept=_BOOKS,
        ),
        PersonalData(
            model_label="claims.CompanyCredit", paths=("claim__unit__owner",), on_erasure="keep", order=455,
            append_only=True, label=_("Credit notes of companies"), why_kept=_BOOKS,
        ),
        PersonalData(
            model_label="claims.OldPart", paths=("claim__unit__owner",), on_erasure="keep", order=455,
            label=_("Old parts"), why_kept=_BOOKS,
        ),
    )  # fmt: skip
