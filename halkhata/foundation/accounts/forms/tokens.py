"""Keys for programs."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.accounts.forms.pieces import PlainForm
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.form_choices import offer_choices


class TokenForm(PlainForm):
    """A new API key."""

    LIFE = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Does not expire"))]

    name = forms.CharField(label=_("What it is for"), max_length=80)
    life = forms.ChoiceField(label=_("How long it works"), choices=LIFE, required=False, initial="365")
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "scopes", [(code, label) for code, label in PERMISSIONS.items() if actor.may(code)])

    @property
    def expires_at(self) -> datetime | None:
        """When the key ends, or None."""
        days = self.cleaned_data.get("life")
        return now() + timedelta(days=int(days)) if days else None
