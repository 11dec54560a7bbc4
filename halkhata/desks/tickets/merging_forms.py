"""Forms for merging, splitting and hanging tickets together."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.forms import CategoryField, DeskForm


class MergeForm(DeskForm):
    """The last word before two tickets become one. ``into`` is the survivor's number."""

    into = forms.CharField(widget=forms.HiddenInput, max_length=40)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    into_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    other_customer_is_right = forms.BooleanField(
        label=_("Yes, although they belong to different customers"),
        required=False,
        help_text=_("Answers will go to the customer of the ticket that stays."),
    )
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)


class SplitForm(DeskForm):
    """Which messages become a ticket of their own, and what it is called."""

    messages = forms.MultipleChoiceField(
        label=_("Messages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of these messages cannot be split off. Please choose again.")},
    )
    subject = forms.CharField(label=_("What is it about?"), max_length=200, required=False)
    category = CategoryField(required=False)
    acknowledge = forms.BooleanField(
        label=_("Tell the customer the new number"),
        required=False,
        initial=True,
        help_text=_("By the automatic message that every new ticket sends."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limit("messages", offered)


class ParentForm(DeskForm):
    """The ticket that stands for the whole problem, by its number; empty takes the ticket out."""

    parent = forms.CharField(
        label=_("Number of the ticket above it"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
