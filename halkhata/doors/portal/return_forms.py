"""Forms of the customers' pages about returns."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.doors.portal.follow_forms import _Telling


class AppealForm(_Telling):
    """Why the customer does not agree."""

    text = forms.CharField(
        label=_("Why do you not agree?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write why you do not agree.")},
    )  # fmt: skip
