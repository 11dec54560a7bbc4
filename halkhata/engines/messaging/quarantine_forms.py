"""Forms of the queue of unprocessed mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class BlockForm(forms.Form):
    """Why nothing of a sender is wanted."""

    note = forms.CharField(
        label=_("Why this sender is blocked"), max_length=200, help_text=_("For instance: advertising every day.")
    )

    def __init__(self, data: Any = None) -> None:
        # Two forms of one page have a field of this name.
        super().__init__(data, auto_id="block_%s")


class BulkForm(forms.Form):
    """One thing to do with all mails that are ticked."""

    ASIDE, OPEN, BLOCK = "aside", "open", "block"
    action = forms.ChoiceField(
        label=_("With the ticked mails"),
        choices=[
            (ASIDE, _("Set aside, with a reason")),
            (OPEN, _("Open a ticket of each, for its sender")),
            (BLOCK, _("Block the senders and set aside, with a reason")),
        ],
    )
    note = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """A reason is needed where something is put away."""
        data = super().clean() or {}
        if data.get("action") in {self.ASIDE, self.BLOCK} and not (data.get("note") or "").strip():
            self.add_error("note", _("Say in a few words why."))
        return data
