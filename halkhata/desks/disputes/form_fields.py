"""Fields that the desk's forms are made of."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.policies import assignable_names
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.text import fold_digits


class DeskForm(forms.Form):
    """A form that can show a DomainError beside the field it belongs to."""

    def show(self, error: DomainError) -> None:
        """Put the error at its field, or above the form when it has none here."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))

    def offer_people(self, user: User) -> None:
        """Give the owner field the people inside the user's scope."""
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = assignable_names(user)


class DayField(forms.DateField):
    """A day; Bengali digits are read like Latin ones."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%d/%m/%Y")

    def to_python(self, value: Any) -> Any:
        """The date."""
        return super().to_python(fold_digits(value) if isinstance(value, str) else value)


class MomentField(forms.DateTimeField):
    """A moment in the reader's zone; Bengali digits are read like Latin ones."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")

    def to_python(self, value: Any) -> Any:
        """The aware instant."""
        return super().to_python(fold_digits(value) if isinstance(value, str) else value)


class MoneyField(OwnNumber, forms.DecimalField):
    """An amount of taka; Bengali digits and grouping commas are read."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Amount in taka"))
        super().__init__(
            max_digits=12, decimal_places=2, min_value=0, required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs,
        )  # fmt: skip

    def to_python(self, value: Any) -> Any:
        """The amount, or None."""
        return super().to_python(fold_digits(value).replace(",", "").strip() if isinstance(value, str) else value)


class PersonField(forms.ModelChoiceField):
    """Somebody of the staff, told apart by the branch."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Who does it"))
        super().__init__(queryset=User.objects.none(), empty_label=_("Choose…"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Name and branch in the reader's language."""
        return f"{obj.name} · {obj.branch.name}"


def area(label: Any, *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    """A field for several lines."""
    kwargs.setdefault("max_length", 20_000)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
