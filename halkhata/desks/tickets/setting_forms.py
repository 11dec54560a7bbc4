"""Forms of the desk's settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import FollowUpBy, ReopensTo
from halkhata.desks.tickets.forms import CategoryField, DeskForm
from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.rules import (
    LONGEST_CLOSING,
    LONGEST_DAYS,
    MOST_PER_ADDRESS,
    MOST_PER_CUSTOMER,
    out_of_bounds,
)
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.core.form_choices import offer_records
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text, fold_digits


class TeamChoice(forms.ModelChoiceField):
    """A team, told apart from one of the same name by its branch."""

    def label_from_instance(self, obj: Any) -> str:
        """Team and branch in the reader's language."""
        return f"{obj.name} · {obj.branch.name}"


class CategoryForm(DeskForm):
    """A category with its two names."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    team = TeamChoice(
        label=_("Goes to the team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("the team that takes it in"),
    )
    parent = CategoryField(
        label=_("Part of"),
        required=False,
        help_text=_("A step of the escalation or a promise for that category then counts for this one, too."),
        empty_label=_("nothing else"),
    )
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        initial=True,
        help_text=_("A category that is switched off is no longer offered. Tickets that have it keep it."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, category: Category | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(is_active=True)
        if category is not None and category.team_id is not None:
            teams = teams | Team.objects.filter(pk=category.team_id)
        offer_records(self, "team", teams.select_related("branch").order_by("branch__path", "code"))
        above = Category.objects.filter(is_active=True, parent__isnull=True)
        if category is not None:
            above = above.exclude(pk=category.pk) | Category.objects.filter(pk=category.parent_id or 0)
        offer_records(self, "parent", above)


class SafetyWordForm(DeskForm):
    """One more word of danger."""

    word = forms.CharField(
        label=_("Another word"),
        max_length=200,
        error_messages={"required": _("Write the word.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TrySentenceForm(DeskForm):
    """A sentence to try the list with; nothing of it is kept."""

    sentence = forms.CharField(
        label=_("Try a sentence"),
        max_length=20_000,
        help_text=_("Write it as a customer would. Nothing is kept and nobody is told."),
        error_messages={"required": _("Write a sentence first.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReaderNumber(forms.CharField):
    """A whole number from 1 to ``highest``, written in the reader's digits and read in either; None when empty."""

    def __init__(self, *, highest: int, **kwargs: Any) -> None:
        self.highest = highest
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=12, widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        """The number."""
        text = fold_digits(clean_text(super().clean(value)))
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= self.highest):
            raise forms.ValidationError(out_of_bounds(self.highest))
        return int(text)

    def prepare_value(self, value: Any) -> Any:
        """A number of ours in the reader's digits; what was typed stays as it was typed."""
        return in_reader_digits(value) if isinstance(value, int) else value


class DaysField(forms.CharField):
    """Days after resolving, written with commas; none is an answer, too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=60, **kwargs)

    def clean(self, value: Any) -> list[int]:
        """The days in the order they were written."""
        text = fold_digits(clean_text(super().clean(value)))
        parts = [part for part in text.replace("،", ",").replace(";", ",").replace(" ", ",").split(",") if part]
        if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
            raise forms.ValidationError(_("Write days like 3, 7."))
        return [int(part) for part in parts]

    def prepare_value(self, value: Any) -> Any:
        """The days as the reader writes numbers."""
        return ", ".join(map(in_reader_digits, value)) if isinstance(value, tuple | list) else value


class RulesForm(DeskForm):
    """The rules of the desk."""

    reopen_days = ReaderNumber(
        label=_("Opens again within (days)"),
        highest=LONGEST_DAYS,
        help_text=_(
            "A message of the customer's opens a solved ticket again this long. Later a new ticket follows it."
        ),
    )
    reopens_to = forms.ChoiceField(
        label=_("Then its state is"),
        choices=ReopensTo.choices,
        help_text=_("What waited for the customer, or was new, becomes “Open” either way."),
    )
    closes = forms.BooleanField(
        label=_("Close solved tickets by themselves"),
        required=False,
        help_text=_("Only those with nothing left to do: customer told, checklist done, calls made."),
    )
    closes_after_days = ReaderNumber(label=_("Close after (days)"), highest=LONGEST_CLOSING, required=False)
    follow_up_days = DaysField(
        label=_("Call again after (days)"),
        help_text=_("At most five days after solving, such as 3, 7. Empty: nobody is called."),
    )
    follow_up_by = forms.ChoiceField(
        label=_("Ask then"),
        choices=FollowUpBy.choices,
        required=False,
        help_text=_("By SMS only while a gateway carries it; without one, or without a number, it is a call."),
    )
    form_per_address = ReaderNumber(
        label=_("From one network, within an hour"),
        highest=MOST_PER_ADDRESS,
        help_text=_("Behind one address of a mobile network stand hundreds of people: be generous."),
    )
    form_per_customer = ReaderNumber(label=_("From one customer, within an hour"), highest=MOST_PER_CUSTOMER)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Days of closing only count when the desk closes; then they are asked for."""
        data = super().clean() or {}
        closes = data.pop("closes", False)
        data["follow_up_by"] = data.get("follow_up_by") or FollowUpBy.CALL.value
        if not closes:
            data["closes_after_days"] = None
            self.errors.pop("closes_after_days", None)
        elif not data.get("closes_after_days") and "closes_after_days" not in self.errors:
            self.add_error("closes_after_days", _("After how many days?"))
        return data


def in_reader_digits(value: int) -> str:
    """The number in the digits of whoever reads."""
    return show_digits(str(value), digits=current_reader().digits)
