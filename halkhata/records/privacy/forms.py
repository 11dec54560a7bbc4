"""Forms of the privacy pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_fields import moment_input
from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.privacy.choices import (
    DECIDED,
    ConsentAct,
    ConsentSource,
    ContactChannel,
    LegalBasis,
    RequestKind,
    StopReason,
)

# How staff come to know; an import and a program say so themselves.
_STAFF_SOURCES = (ConsentSource.COUNTER, ConsentSource.PHONE, ConsentSource.PAPER, ConsentSource.FORM)


def in_language(code: str) -> forms.Textarea:
    """A box for a text in this language, for whoever has the page read aloud."""
    return forms.Textarea(attrs={"rows": 3, "lang": code})


class MomentField(forms.DateTimeField):
    """A date and time, asked for by the device's own picker."""

    def __init__(self, **options: Any) -> None:
        widget = moment_input()
        super().__init__(**{"required": False, "widget": widget, **options})


class ConsentForm(RecordForm):
    """What a customer agreed to or refused."""

    use_required_attribute = False

    purpose = forms.ChoiceField(label=_("What for"), choices=[(one.value, one.label) for one in DECIDED])
    channels = forms.MultipleChoiceField(
        label=_("By which ways"), choices=ContactChannel.choices, widget=forms.CheckboxSelectMultiple
    )
    act = forms.ChoiceField(
        label=_("What the customer said"),
        choices=[(ConsentAct.GRANTED.value, _("Yes")), (ConsentAct.WITHDRAWN.value, _("No"))],
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(label=_("How we know"), choices=[(one.value, one.label) for one in _STAFF_SOURCES])
    proof = TextField(
        label=_("Where it can be looked up"), max_length=200, help_text=_("Number of the form, or what was said.")
    )


class RequestForm(RecordForm):
    """Somebody asks about their data."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("What they ask for"), choices=RequestKind.choices)
    received_at = MomentField(label=_("When it came"), help_text=_("Empty: now. The month counts from here."))
    received_how = forms.ChoiceField(label=_("How it came"), choices=[(one.value, one.label) for one in _STAFF_SOURCES])
    what = TextField(label=_("In their words"), multiline=True, max_length=4000)
    identity_check = TextField(label=_("How we know who it is"), max_length=200)


class ExtendForm(RecordForm):
    """Two months more."""

    use_required_attribute = False

    reason = TextField(label=_("Why it takes longer"), max_length=300)


class EndForm(RecordForm):
    """How a request ended."""

    use_required_attribute = False

    answer = TextField(label=_("What the person was told"), multiline=True, max_length=4000)
    refused = forms.BooleanField(label=_("It is refused"), required=False)


class EraseForm(RecordForm):
    """The customer's number, typed once more."""

    use_required_attribute = False

    number = TextField(label=_("Type the customer's number to confirm"), max_length=20)


class ReasonForm(RecordForm):
    """One sentence why."""

    use_required_attribute = False

    reason = TextField(label=_("Why"), max_length=300)


class StopForm(RecordForm):
    """A number or an address that nothing goes to any more."""

    use_required_attribute = False

    typed = TextField(label=_("Phone number or e-mail address"), max_length=254)
    reason = forms.ChoiceField(label=_("Why"), choices=StopReason.choices)


class LiftForm(RecordForm):
    """The person takes their "no" back."""

    use_required_attribute = False

    typed = TextField(label=_("Phone number or e-mail address"), max_length=254)
    how = TextField(label=_("How we know that it is the person's own wish"), max_length=200)


class WordingForm(RecordForm):
    """The next wording of a purpose."""

    use_required_attribute = False

    text_bn = TextField(label=_("In Bengali"), multiline=True, max_length=4000, widget=in_language("bn"))
    text_en = TextField(label=_("In English"), multiline=True, max_length=4000, widget=in_language("en"))


class DoubleForm(RecordForm):
    """Whether consent to e-mail must be confirmed."""

    use_required_attribute = False

    double_opt_in = forms.BooleanField(label=_("Consent to e-mail must be confirmed by a link"), required=False)


class PeriodForm(RecordForm):
    """After how many days."""

    use_required_attribute = False

    days = forms.IntegerField(label=_("Days"), required=False, min_value=30, max_value=36_525)


class BreachForm(RecordForm):
    """What is known of a breach."""

    use_required_attribute = False
    # The service refuses to do without: the page does not call these optional.
    needed = ("title",)

    title = TextField(label=_("What happened"), max_length=200)
    noticed_at = MomentField(label=_("When it was noticed"), help_text=_("The 72 hours count from here."))
    happened_at = MomentField(label=_("When it happened"))
    description = TextField(label=_("In detail"), multiline=True, max_length=8000)
    data_kinds = TextField(label=_("Which data"), max_length=300)
    people_count = forms.IntegerField(label=_("How many people, about"), required=False, min_value=0)
    consequences = TextField(label=_("What may come of it"), multiline=True, max_length=4000)
    measures = TextField(label=_("What was done about it"), multiline=True, max_length=4000)
    is_risky = forms.BooleanField(label=_("It is a risk to the people concerned"), required=False, initial=True)
    authority_told_at = MomentField(label=_("When the authority was told"))
    late_reason = TextField(label=_("Why it was told after the 72 hours"), max_length=300)
    people_told_at = MomentField(label=_("When the people concerned were told"))
    close = forms.BooleanField(label=_("Nothing more is to be done"), required=False)
    version = TextField(widget=forms.HiddenInput, max_length=10)


class ActivityForm(RecordForm):
    """One line of what personal data are used for."""

    use_required_attribute = False
    needed = ("name", "why", "people", "data_kinds")

    name = TextField(label=_("Name"), max_length=120)
    why = TextField(label=_("What for"), multiline=True, max_length=4000)
    basis = forms.ChoiceField(label=_("On what ground"), choices=LegalBasis.choices)
    people = TextField(label=_("Whose data"), max_length=300)
    data_kinds = TextField(label=_("Which data"), max_length=300)
    recipients = TextField(label=_("Who else gets them"), max_length=300)
    abroad = TextField(label=_("Given to another country"), max_length=300)
    kept_for = TextField(label=_("Kept how long"), max_length=200)
    protection = TextField(label=_("How they are protected"), max_length=300)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = TextField(widget=forms.HiddenInput, max_length=10)
