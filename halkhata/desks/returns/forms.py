"""Forms of the returns desk. They read what was typed; the rules live in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import WISHES, Grade, Outcome, PayMethod, Reason
from halkhata.desks.returns.services.deciding import DECIDED
from halkhata.desks.returns.services.goods import DISPOSITIONS
from halkhata.engines.work.choices import Channel
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import AmountField, WholeNumberField, text_area
from halkhata.foundation.core.form_files import PhotosField
from halkhata.records.stock.choices import GRADED, MoveReason

NOTHING = ("", _("Choose…"))


class VersionedForm(TakesErrors):
    """A step of a return: it knows which version of it was on the page."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RequestForm(TakesErrors):
    """What is given back, why, and what the customer would like."""

    quantity = WholeNumberField(label=_("How many"), min_value=1, initial=1)
    reason_code = forms.ChoiceField(label=_("Why is it given back?"), choices=[NOTHING, *Reason.choices])
    note = text_area(_("In the customer's words"), rows=3)
    wish = forms.ChoiceField(
        label=_("What would the customer like?"), required=False,
        choices=[NOTHING, *((one.value, one.label) for one in WISHES)],
    )  # fmt: skip
    paid_method = forms.ChoiceField(
        label=_("How was it paid?"), required=False, choices=[NOTHING, *PayMethod.choices],
        help_text=_("Money goes back the same way."),
    )  # fmt: skip
    has_accessories = forms.BooleanField(label=_("Box and all accessories are there"), required=False, initial=True)
    channel = forms.ChoiceField(
        label=_("Came in by"),
        choices=[(one.value, one.label) for one in (Channel.COUNTER, Channel.PHONE, Channel.EMAIL, Channel.WEB_FORM)],
    )
    photos = PhotosField()
    token = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)


class ApproveForm(VersionedForm):
    """Yes; against the rules with a reason."""

    goodwill_reason = text_area(_("Why it is accepted against the rules"))
    instant = forms.BooleanField(
        label=_("Money goes back without the goods"), required=False,
        help_text=_("Only for what never came, and where the rules of the shop allow it."),
    )  # fmt: skip
    paid_method = forms.ChoiceField(label=_("How was it paid?"), required=False, choices=[NOTHING, *PayMethod.choices])


class RejectForm(VersionedForm):
    """No, with the reason."""

    reason = text_area(
        _("Reason of the refusal"), required=True, help_text=_("The customer reads it, with the way to appeal."),
        error_messages={"required": _("Write the reason: the customer reads it.")},
    )  # fmt: skip


class AppealForm(VersionedForm):
    """The customer does not agree."""

    text = text_area(
        _("Why the customer does not agree"), required=True,
        error_messages={"required": _("Write why you do not agree.")},
    )  # fmt: skip


class AnswerForm(VersionedForm):
    """The appeal's answer."""

    granted = forms.ChoiceField(
        label=_("Answer to the appeal"), widget=forms.RadioSelect,
        choices=[("1", _("Grant it: the return is approved")), ("0", _("Uphold the refusal"))],
    )  # fmt: skip
    answer = text_area(
        _("Reasons"), required=True, error_messages={"required": _("Write the reason: the customer reads it.")}
    )


class TransitForm(VersionedForm):
    """By whom it travels."""

    carrier = forms.CharField(
        label=_("Carrier"), max_length=80, error_messages={"required": _("Write by whom it travels.")}
    )
    tracking_code = forms.CharField(label=_("The carrier's number"), max_length=80, required=False)


class ReceiveForm(VersionedForm):
    """What came."""

    serial = forms.CharField(
        label=_("Serial number, as it stands on the goods"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    note = text_area(_("What came along, and in what state"))
    photos = PhotosField()


class InspectForm(VersionedForm):
    """The grade."""

    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices, widget=forms.RadioSelect)
    note = text_area(_("What was found"))
    photos = PhotosField(help_text=_("Grades C and D need a photo that shows why."))


class DecideForm(VersionedForm):
    """What it comes to."""

    result = forms.ChoiceField(
        label=_("What does it come to?"), choices=[(one.value, one.label) for one in DECIDED], widget=forms.RadioSelect
    )
    amount = AmountField(label=_("Amount"), required=False, help_text=_("Left empty: all that was paid, less the fee."))
    fee = AmountField(label=_("Fee kept"), required=False)
    paid_method = forms.ChoiceField(label=_("How was it paid?"), required=False, choices=[NOTHING, *PayMethod.choices])
    note = text_area(_("Reasons"), help_text=_("The customer reads it."))

    def only_replacement(self) -> None:
        """The customer has it already: nothing else can be chosen."""
        offer_choices(self, "result", [(Outcome.REPLACEMENT.value, Outcome.REPLACEMENT.label)])
        self.fields["result"].initial = Outcome.REPLACEMENT.value
        for name in ("amount", "fee", "paid_method"):
            self.fields[name].widget = forms.HiddenInput()


class SettleForm(VersionedForm):
    """Doing what was decided."""

    method = forms.ChoiceField(
        label=_("Money goes back"), required=False, choices=[("", _("The way it was paid")), *PayMethod.choices]
    )
    method_reason = forms.CharField(label=_("Why another way"), max_length=300, required=False)
    reference = forms.CharField(label=_("Number of the payment"), max_length=80, required=False)
    replacement = forms.CharField(
        label=_("Serial number of the new unit"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class WithdrawForm(VersionedForm):
    """The customer keeps it."""

    note = text_area(_("Note"))


class DisposeForm(VersionedForm):
    """What becomes of the goods."""

    disposition = forms.ChoiceField(label=_("What becomes of it?"))
    grade = forms.ChoiceField(
        label=_("In what condition is it now?"), required=False,
        choices=[("", _("As it was graded")), *((one.value, one.label) for one in GRADED)],
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "disposition", [NOTHING, *((code, MoveReason(code).label) for code in DISPOSITIONS)])


class CreditForm(TakesErrors):
    """On which memo the credit note was spent."""

    memo = forms.CharField(
        label=_("Spent on memo"), max_length=40,
        error_messages={"required": _("Write the memo on which it was spent.")},
    )  # fmt: skip


class ParcelForm(TakesErrors):
    """A parcel without a number."""

    content = forms.CharField(
        label=_("What is in it"), max_length=300,
        error_messages={"required": _("Write what is in it, as far as one can see.")},
    )  # fmt: skip
    sender = forms.CharField(label=_("Sender, as it stands on the parcel"), max_length=200, required=False)
    serial = forms.CharField(label=_("Serial number"), max_length=60, required=False)
    photos = PhotosField()


class MatchForm(TakesErrors):
    """Which return it belongs to."""

    number = forms.CharField(
        label=_("Number of the return"), max_length=20, error_messages={"required": _("Write the number, like E-1001.")}
    )
    serial = forms.CharField(label=_("Serial number, as it stands on the goods"), max_length=60, required=False)


class LetGoForm(TakesErrors):
    """Where the parcel went."""

    note = forms.CharField(
        label=_("Where it went"), max_length=300, error_messages={"required": _("Write where it went.")}
    )
