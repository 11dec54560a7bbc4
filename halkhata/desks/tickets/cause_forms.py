"""Forms of the register of root causes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.forms import DeskForm
from halkhata.desks.tickets.models import Category
from halkhata.engines.work.forms.fields import NumberField


class RootCauseForm(DeskForm):
    """A cause with its two names, its place and its categories."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    position = NumberField(label=_("Place in the list"), lowest=1, highest=999)
    categories = forms.ModelMultipleChoiceField(
        label=_("Offered for"),
        queryset=Category.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: for all categories."),
    )
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        initial=True,
        help_text=_("A cause that is switched off is no longer offered. Solutions that have it keep it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["categories"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Category.objects.filter(is_active=True)
