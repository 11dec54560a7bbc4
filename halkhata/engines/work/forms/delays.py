"""Why it is late, and by when instead; the shop's list of reasons."""

from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import DelayCause
from halkhata.engines.work.forms.fields import NumberField
from halkhata.engines.work.selectors.delays import Reason, delay_reasons
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import moment_input


class DelayForm(TakesErrors):
    """The reason of a delay, and the time the customer is given instead."""

    reason = forms.ChoiceField(label=_("Why is it late?"))
    note = forms.CharField(
        label=_("In your own words"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    promised_at = forms.DateTimeField(
        label=_("By when will the customer hear from us?"), required=False, widget=moment_input()
    )
    tell_customer = forms.BooleanField(label=_("Tell the customer the new time"), required=False, initial=True)

    def __init__(self, *args: Any, may_tell: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = delay_reasons()
        offer_choices(self, "reason", [("", _("Choose…")), *((reason.code, reason.label) for reason in reasons)])
        if not may_tell:
            del self.fields["promised_at"], self.fields["tell_customer"]


class DelayReasonForm(TakesErrors):
    """One reason of the list."""

    name_bn = forms.CharField(label=_("In Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("In English"), max_length=120, required=False)
    position = NumberField(
        label=_("Place in the list"), required=False, help_text=_("The smaller the number, the higher it stands.")
    )
    needs_note = forms.BooleanField(label=_("Asks for a sentence of one's own"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, reason: Reason | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reason is not None and reason.code == "other":
            del self.fields["needs_note"], self.fields["is_active"], self.fields["position"]

    def values(self) -> dict[str, Any]:
        """Arguments of ``save_delay_reason``."""
        data = dict(self.cleaned_data)
        data["position"] = data.get("position") or None
        return data

    @staticmethod
    def initial_of(reason: Reason) -> dict[str, Any]:
        """What the form shows for a reason; the product's own words where the shop has none."""
        row = reason.row
        if row is None:
            words = {}
            for language in ("bn", "en"):
                with translation.override(language):
                    words[f"name_{language}"] = str(DelayCause(reason.code).label)
            return {**words, "needs_note": reason.needs_note, "is_active": reason.is_active}
        return {
            "name_bn": row.name_bn,
            "name_en": row.name_en,
            "position": row.position,
            "needs_note": row.needs_note,
            "is_active": row.is_active,
        }
