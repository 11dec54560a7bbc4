"""Forms about the telephone: a call written down, and the settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.call_models import Call, Consent, Disposition
from halkhata.desks.tickets.forms import CallForm, DeskForm
from halkhata.engines.work.forms.fields import NumberField
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.form_choices import offer_records


def _number(label: Any, **kwargs: Any) -> NumberField:
    return NumberField(label=label, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs)


class FullCallForm(CallForm):
    """A call with all that the shop wants to know of it."""

    disposition = forms.ModelChoiceField(
        label=_("Result"), queryset=Disposition.objects.none(), required=False, empty_label=_("Not said")
    )
    minutes = _number(_("Minutes"), required=False, highest=1440)
    consent = forms.ChoiceField(label=_("Recording"), choices=Consent.choices, required=False)
    recording_url = forms.CharField(
        label=_("Address of the recording"),
        max_length=500,
        required=False,
        help_text=_("Kept only when the customer was told of it or agreed."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    # One of the calls that the telephone system told of.
    call = forms.TypedChoiceField(label=_("Which call?"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, calls: list[Call] | None = None, shown: Any = str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "disposition", Disposition.objects.filter(is_active=True))
        self.calls = calls or []
        if self.calls:
            self.limit("call", [*((str(call.pk), shown(call)) for call in self.calls), ("", _("Another call"))])
            self.fields["call"].initial = str(self.calls[0].pk)
        else:
            self.limit("call", [("", "")])
            self.fields["call"].widget = forms.HiddenInput()

    @property
    def chosen_call(self) -> Call | None:
        """The call of the telephone system that was meant."""
        return next((call for call in self.calls if call.pk == self.cleaned_data.get("call")), None)

    def take_error(self, error: Any) -> None:
        """The services call the words ``text``."""
        self.add_error("body" if error.field in {None, "text"} else error.field, str(error.message))


class DispositionForm(DeskForm):
    """A result that calls may have."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)


class SystemForm(DeskForm):
    """A telephone system."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=80)
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), help_text=_("Of calls to an extension that nobody has.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "branch", Branch.objects.filter(is_active=True))
        self.fields["branch"].initial = user.branch_id


class RepeatForm(DeskForm):
    """When a caller counts as a repeated one."""

    use_required_attribute = False
    repeat_contacts = _number(_("Contacts"), lowest=2, highest=50)
    repeat_days = _number(_("Within days"), lowest=1, highest=90)
