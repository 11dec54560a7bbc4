"""Forms of the customer's page of a dispute."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import Ground, RemedyKind
from halkhata.doors.portal.follow_forms import _Telling
from halkhata.doors.portal.forms import PhotosField
from halkhata.foundation.core.form_fields import DayField

WISHES = [("", _("Choose…")), *((code, label) for code, label in RemedyKind.choices if code != RemedyKind.NONE)]


def _words(label: Any, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", 10_000)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 5}), **kwargs)


class PhoneForm(_Telling):
    """The phone number that we know."""

    phone = forms.CharField(
        label=_("Your mobile number"), max_length=60, help_text=_("The one you gave us when you complained."),
        error_messages={"required": _("Write the mobile number that you gave us.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip


class DisputeForm(_Telling):
    """What the customer does not agree with."""

    statement = _words(_("What happened, and what do you not agree with?"))
    ground = forms.ChoiceField(label=_("What is it about?"), choices=[("", _("Choose…")), *Ground.choices])
    wish = forms.ChoiceField(label=_("What would you like?"), choices=WISHES)
    cause_on = DayField(label=_("On which day did it happen?"))


class AddForm(_Telling):
    """Something for the file."""

    text = _words(_("What should the panel know?"), required=False)
    photos = PhotosField(label=_("Photos"), required=False)


class AnswerForm(_Telling):
    """Yes or no to the offer."""

    note = _words(_("Do you want to say something about it?"), required=False, max_length=5000)


class AppealForm(_Telling):
    """Why the decision is not right."""

    text = _words(_("Why is the decision not right?"))
