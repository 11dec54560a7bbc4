"""Where surveys keep what they know about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import PersonalData, register_personal_data

_SCORES = _("The score itself, for the averages.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="feedback.SurveyInvitation", paths=("customer", "item__customer"), on_erasure="keep",
            order=420, hidden=frozenset({"token_hash"}), label=_("Questions about the service"), why_kept=_SCORES,
        ),
        PersonalData(
            model_label="feedback.SurveyResponse", paths=("invitation__customer", "invitation__item__customer"),
            on_erasure="blank", order=410, blank={"comment": ""}, label=_("Answers about the service"),
            why_kept=_SCORES,
        ),
    )  # fmt: skip
