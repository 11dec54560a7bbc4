"""Asking to see a field that is masked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.records.customers.forms.records import TextField


class UnmaskForm(forms.Form):
    """Which field to show, and why."""

    use_required_attribute = False

    field = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = TextField(label=_("Why (if you like)"), max_length=200)
