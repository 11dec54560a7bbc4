"""The form of a rule of the shop's own, but for its conditions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.text import clean_text, fold_digits


class WeightField(OwnNumber, forms.CharField):
    """Points off the score: a whole number from 1 to 100 in either script."""

    def clean(self, value: object) -> int:
        """The number."""
        text = fold_digits(clean_text(super().clean(value)))
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= 100):
            raise forms.ValidationError(_("Write a whole number from 1 to 100."))
        return int(text)


class RuleForm(TakesErrors):
    """A rule of the shop's own."""

    name_bn = forms.CharField(label=_("What is the matter, in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("What is the matter, in English"), max_length=120, required=False)
    weight = WeightField(
        label=_("Points off the score"), max_length=6, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)
