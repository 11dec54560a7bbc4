"""The form for whoever wants to hear no more and has no link."""

from django import forms
from django.utils.translation import gettext_lazy as _


class StopForm(forms.Form):
    """One number or address."""

    use_required_attribute = False

    contact = forms.CharField(label=_("Your phone number or e-mail address"), max_length=254)
