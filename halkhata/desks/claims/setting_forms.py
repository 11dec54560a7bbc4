"""The form of a company's rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.choices import ASKABLE, FieldCode, PhotoKind
from halkhata.desks.claims.forms import VersionedForm, line_of_text
from halkhata.foundation.core.form_fields import AmountField, WholeNumberField, text_area
from halkhata.foundation.core.text import clean_text


class RulesForm(VersionedForm):
    """What a company asks of a claim."""

    name_bn = line_of_text(_("Name of the company in Bengali"), 120)
    name_en = line_of_text(_("Name of the company in English"), 120)
    deadline_days = WholeNumberField(label=_("Days after the repair to send a claim"), min_value=1, max_value=730)
    warn_days = WholeNumberField(label=_("Warn so many days before"), min_value=1, max_value=730)
    required_fields = forms.MultipleChoiceField(
        label=_("What must be filled in"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code.value, code.label) for code in ASKABLE],
    )  # fmt: skip
    required_photos = forms.MultipleChoiceField(
        label=_("Photos and papers that must be there"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=PhotoKind.choices,
    )  # fmt: skip
    wants_old_parts = forms.BooleanField(label=_("Old parts are kept with a tag and sent"), required=False)
    address = line_of_text(_("Address for old parts"), 300)
    coupon_rate = AmountField(label=_("Paid for one free service"))
    columns = text_area(
        _("Columns of the company's sheet"), rows=8,
        help_text=_(
            "One on each line, in the order of the company: the name of the field, then = and the company's own word "
            "for it, if it has one. Empty: the usual columns."
        ),
    )  # fmt: skip
    note = line_of_text(_("Note for whoever writes the claim"), 300)

    def clean_columns(self) -> list[tuple[str, str]]:
        """Field codes with the company's words. A field is known by its code or by its name on the page."""
        names = {clean_text(str(code.label)).casefold(): code.value for code in FieldCode}
        found: list[tuple[str, str]] = []
        for row in self.cleaned_data["columns"].splitlines():
            name, _sign, heading = row.partition("=")
            wanted = clean_text(name).casefold()
            if not wanted:
                continue
            code = wanted if wanted in FieldCode.values else names.get(wanted)
            if code is None:
                raise forms.ValidationError(
                    _("There is no field “%(name)s”. The fields are: %(all)s.")
                    % {"name": clean_text(name), "all": ", ".join(str(one.label) for one in FieldCode)}
                )
            found.append((code, clean_text(heading, max_length=80)))
        return found


def columns_text(columns: Any) -> str:
    """The columns as they are typed."""
    return "\n".join(
        f"{FieldCode(code).label}{f' = {heading}' if heading else ''}"
        for code, heading in columns
        if code in FieldCode.values
    )
