"""Where scores of conversations touch customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import ERASED, PersonalData, register_personal_data

_SCORES = _("Scores are about our own staff.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="quality.Sample", paths=("conversation__item__customer",), on_erasure="keep", order=400,
            hidden=frozenset({"seed"}), label=_("Drawn conversations"), why_kept=_SCORES,
        ),
        PersonalData(
            model_label="quality.Scorecard", paths=("sample__conversation__item__customer",), on_erasure="blank",
            order=400, blank={"comment": ERASED, "dispute_text": ERASED, "answer_text": ERASED},
            label=_("Scores"), why_kept=_SCORES,
        ),
        PersonalData(
            model_label="quality.ScoreLine", paths=("card__sample__conversation__item__customer",),
            on_erasure="keep", order=400, label=_("Scores"), why_kept=_SCORES,
        ),
    )  # fmt: skip
