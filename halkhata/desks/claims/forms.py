"""Forms of the claims desk. They read what was typed; the rules live in the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.choices import LineKind, PhotoKind
from halkhata.desks.claims.models import Claim
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import AmountField, WholeNumberField, day_input, text_area
from halkhata.foundation.core.form_files import PhotosField
from halkhata.records.catalog.days import today

NOTHING = ("", _("Choose…"))
HAND_KINDS = [(one.value, one.label) for one in LineKind if one != LineKind.COUPON]


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, from the calendar of the browser."""
    return forms.DateField(label=label, widget=day_input(), **kwargs)


def line_of_text(label: Any, size: int, **kwargs: Any) -> forms.CharField:
    """One line of text, empty unless it is asked for."""
    return forms.CharField(label=label, max_length=size, required=kwargs.pop("required", False), **kwargs)


class VersionedForm(TakesErrors):
    """A step of a claim: it knows which version of it was on the page."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ClaimForm(VersionedForm):
    """What failed, when, and by which codes."""

    failed_on = day_field(_("Failed on"), required=False)
    repaired_on = day_field(
        _("Repaired on"), required=False, help_text=_("From this day the days of the company are counted.")
    )
    reading = WholeNumberField(label=_("Reading at the failure"), required=False, min_value=0, max_value=2_000_000_000)
    defect_code = line_of_text(_("Defect code"), 40)
    cause_code = line_of_text(_("Cause code"), 40)
    description = text_area(_("What failed and what was done"), rows=3)
    faulty_serial = line_of_text(_("Number of the faulty part or unit"), 60)
    replacement_serial = line_of_text(_("Number of the new part or unit"), 60)


class LineForm(VersionedForm):
    """A part, labour, the way or a visit."""

    kind = forms.ChoiceField(label=_("What it is"), choices=HAND_KINDS)
    text = line_of_text(_("Name"), 200, required=True)
    code = line_of_text(_("Part number or labour code"), 40)
    fault_code = line_of_text(_("Fault code"), 40)
    quantity = AmountField(label=_("How many, or hours"), initial="1")
    cost = AmountField(label=_("What it cost us"), help_text=_("For all of them together."))
    is_recoverable = forms.BooleanField(label=_("The company pays it back"), required=False, initial=True)
    claimed = AmountField(label=_("Claimed"), required=False, help_text=_("Empty: what it cost us."))


class PhotoForm(TakesErrors):
    """Photos and papers, by what they show."""

    kind = forms.ChoiceField(label=_("What the photo shows"), choices=[NOTHING, *PhotoKind.choices])
    note = line_of_text(_("Note"), 120)
    photos = PhotosField()


class PhotoNameForm(TakesErrors):
    """What a photo shows."""

    kind = forms.ChoiceField(label=_("What the photo shows"), choices=PhotoKind.choices)


class SubmitForm(VersionedForm):
    """Send it."""

    company_number = line_of_text(
        _("Claim number of the company"), 60, help_text=_("If the company has given one already.")
    )


class NumberForm(VersionedForm):
    """The company's number."""

    number = line_of_text(_("Claim number of the company"), 60, required=True)


class ReasonForm(VersionedForm):
    """A step with its reason."""

    reason = text_area(_("Reason"), required=True)


class DecideForm(VersionedForm):
    """What the company grants, line by line."""

    answer = text_area(_("What the company says"), rows=3, help_text=_("Needed when it grants less than everything."))

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(claim.lines.all())
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = AmountField(label=line.text, initial=f"{line.claimed_amount:.2f}")
            self.fields[f"note_{line.pk}"] = line_of_text(_("Why less"), 200)

    def granted(self) -> dict[int, Decimal]:
        """The amounts by line."""
        return {line.pk: self.cleaned_data.get(f"line_{line.pk}") or Decimal(0) for line in self.lines}

    def answers(self) -> dict[int, str]:
        """The company's words by line."""
        return {line.pk: self.cleaned_data.get(f"note_{line.pk}", "") for line in self.lines}

    @property
    def line_fields(self) -> list[Any]:
        """Each line with its bound fields."""
        return [(line, self[f"line_{line.pk}"], self[f"note_{line.pk}"]) for line in self.lines]


class CreditForm(VersionedForm):
    """A credit note of the company."""

    number = line_of_text(_("Number of the credit note"), 60, required=True)
    amount = AmountField(label=_("Amount"))
    on = day_field(_("Date of the credit note"), initial=today)
    note = line_of_text(_("Note"), 300)
    short_reason = line_of_text(
        _("No more is expected, because"), 300,
        help_text=_("Only when less came than was approved: the claim is closed and the difference stays shown."),
    )  # fmt: skip


class PartForm(VersionedForm):
    """An old part and where it is kept."""

    name = line_of_text(_("Which part"), 200, required=True)
    serial = line_of_text(_("Number of the part"), 60)
    shelf = line_of_text(_("Where it is kept"), 60)


class DispatchForm(TakesErrors):
    """A parcel of old parts."""

    parts = forms.MultipleChoiceField(label=_("Parts"), required=False, widget=forms.CheckboxSelectMultiple)
    sent_on = day_field(_("Sent on"), initial=today)
    courier = line_of_text(_("By which courier"), 80, required=True)
    consignment = line_of_text(_("Number of the consignment"), 80)
    note = line_of_text(_("Note"), 300)

    def __init__(self, *args: Any, waiting: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "parts", [(str(part.pk), f"{part.tag} {part.name}") for part in waiting])
