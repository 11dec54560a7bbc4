"""The draft of the service standards, and the day from which it holds."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.oversight.analytics.periods import parse_day
from halkhata.oversight.standards.models import StandardsDraft
from halkhata.oversight.standards.texts import LONGEST, SECTIONS

_IN = {"bn": _("in Bengali"), "en": _("in English")}


class DraftForm(TakesErrors):
    """One box for each section and language."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, draft: StandardsDraft, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "standards_%s", **kwargs})
        self.fields["version"].initial = draft.version if draft.pk and not draft._state.adding else None
        for section in SECTIONS:
            for language, words in _IN.items():
                self.fields[f"{section.code}_{language}"] = forms.CharField(
                    label=format_lazy("{heading}, {language}", heading=section.heading, language=words),
                    initial=draft.texts.get(section.code, {}).get(language, ""),
                    max_length=LONGEST,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 5, "lang": language}),
                )

    def pairs(self) -> list[Any]:
        """The boxes of each section beside each other."""
        return [(self[f"{section.code}_bn"], self[f"{section.code}_en"]) for section in SECTIONS]

    def texts(self) -> dict[str, dict[str, str]]:
        """Section -> language -> text."""
        return {
            section.code: {language: self.cleaned_data[f"{section.code}_{language}"] for language in _IN}
            for section in SECTIONS
        }


class PublishForm(TakesErrors):
    """From which day it holds."""

    effective_on = forms.CharField(
        label=_("Holds from"), max_length=20, help_text=_("A day like 1/12/2026; today or later.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_effective_on(self) -> Any:
        """The day, in either script."""
        day = parse_day(self.cleaned_data["effective_on"])
        if day is None:
            raise forms.ValidationError(_("Write a day like 22/11/2026."))
        return day
