"""Forms of promised dates."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.choices import MoveReason
from halkhata.engines.work.forms.fields import NumberField
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import MomentField


class MoveForm(TakesErrors):
    """One tap moves it by a day; or to a time of one's own."""

    QUICK = (("1", _("A day later")), ("3", _("Three days later")), ("7", _("A week later")), ("", _("Another time")))

    days = forms.ChoiceField(label=_("Move it"), choices=QUICK, required=False, widget=forms.RadioSelect)
    to = MomentField(label=_("New time"), required=False)
    reason = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose…")), *MoveReason.choices])
    note = forms.CharField(
        label=_("A word to the customer"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def new_time(self, promised_for: datetime) -> datetime | None:
        """The chosen time, counted from the promised one, or from now when that has passed; None for none."""
        if self.cleaned_data.get("to"):
            chosen: datetime = self.cleaned_data["to"]
            return chosen
        days = self.cleaned_data.get("days")
        if not days:
            return None
        start = max(promised_for, now())
        return start + timedelta(days=int(days))


class PromiseForm(TakesErrors):
    """A date for a sale that is delivered later."""

    purchase_ref = forms.CharField(label=_("Number of the sale or memo"), max_length=40)
    what = forms.CharField(label=_("What is promised"), max_length=200)
    promised_for = MomentField(label=_("Promised for"))
    buffer_hours = NumberField(label=_("Warn us so many hours before"), highest=240, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("buffer_hours", "4")
        kwargs["initial"].setdefault("promised_for", timezone.localtime(now() + timedelta(days=1)))
        super().__init__(*args, **kwargs)
