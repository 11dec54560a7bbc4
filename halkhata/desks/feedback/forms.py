"""The shape of an answer and of the survey's settings. Rules live in services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.services.survey_settings import LIMITS
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.form_fields import EitherDigits
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader


class AnswerForm(forms.Form):
    """The answer to a survey."""

    score = forms.TypedChoiceField(
        choices=[(str(number), str(number)) for number in range(1, 6)],
        coerce=int,
        error_messages={
            "required": _("Choose a number from 1 to 5."),
            "invalid_choice": _("Choose a number from 1 to 5."),
        },
    )
    comment = forms.CharField(
        label=_("What should we know?"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class SaidForm(forms.Form):
    """What a customer said on the phone, or wrote on paper."""

    score = forms.TypedChoiceField(
        label=_("What the customer says"), coerce=int, widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number from 1 to 5.")},
    )  # fmt: skip
    comment = forms.CharField(
        label=_("In the customer's words"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_said_%s")
        super().__init__(*args, **kwargs)
        digits = current_reader().digits
        words = [(str(one["value"]), f"{show_digits(str(one['value']), digits=digits)} – {one['sub']}")
                 for one in score_choices()]  # fmt: skip
        offer_choices(self, "score", words)


def score_choices() -> list[dict[str, Any]]:
    """The five scores with their words, as the answer page offers them."""
    words = (_("Very bad"), _("Bad"), _("Middling"), _("Good"), _("Very good"))
    return [{"value": number, "sub": word} for number, word in enumerate(words, start=1)]


class Days(EitherDigits, forms.IntegerField):
    """A number of days, typed in digits of either script."""

    def __init__(self, *, name: str, **kwargs: Any) -> None:
        self.lowest, self.highest = LIMITS[name]
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "3"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if value is None else show_digits(str(value), digits=current_reader().digits)


class SurveyForm(forms.Form):
    """What the shop decides about its survey."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    is_active = forms.BooleanField(label=_("Ask customers after their ticket is resolved"), required=False)
    question_bn = forms.CharField(label=_("Question in Bengali"), max_length=200)
    question_en = forms.CharField(label=_("Question in English"), max_length=200)
    recovery_threshold = forms.TypedChoiceField(
        label=_("Which answer is bad?"),
        coerce=int,
        help_text=_("It opens a task to make it good within 48 hours, and the branch's manager is told."),
    )
    valid_days = Days(
        name="valid_days", label=_("Days the link works"), help_text=_("From 1 to 90. The link is good for one answer.")
    )
    throttle_days = Days(
        name="throttle_days",
        label=_("Days until the same person is asked again"),
        help_text=_("From 0 to 365. With 0 every resolved ticket asks."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lowest, highest = LIMITS["recovery_threshold"]
        words = {
            value: (_("%(score)s of 5") if value == 1 else _("%(score)s of 5 or less"))
            % {"score": show_digits(str(value), digits=current_reader().digits)}
            for value in range(lowest, highest + 1)
        }
        offer_choices(self, "recovery_threshold", list(words.items()))
        for field in self.fields.values():
            field.error_messages |= {
                "required": _("Please fill this in."),
                "invalid": _("Type a number."),
                "invalid_choice": _("Choose one from the list."),
            }
