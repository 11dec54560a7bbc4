"""Fields that the desk's forms are made of."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.policies import assignable_names
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.text import fold_digits


class DeskForm(TakesErrors):
    """A form that can show a DomainError beside the field it belongs to."""

    def offer_people(self, user: User) -> None:
        """Give the owner field the people inside the user's scope."""
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = assignable_names(user)


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
