"""The customer's answer to an estimate."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_errors import TakesErrors


class EstimateAnswerForm(TakesErrors):
    """Yes or no, in one's own name, with the code that came to the phone."""

    answer = forms.ChoiceField(
        label=_("Your answer"), choices=[("yes", _("Yes, begin the work")), ("no", _("No, do not do it"))],
        widget=forms.RadioSelect, error_messages={"required": _("Choose yes or no.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("Your name"), max_length=120, error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("The code from your phone"), max_length=20,
        error_messages={"required": _("Write the code. Ask for one with the button above.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip
    note = forms.CharField(label=_("A word to us"), required=False, max_length=300)
