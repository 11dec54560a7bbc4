"""Choices that a form can offer only once it knows who asks: records inside his scope, what the apps registered."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator

from halkhata.foundation.core.bengali_order import by_name as in_order


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The form's field ``name``. Raises KeyError when it is absent, TypeError when it offers no choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{type(form).__name__}.{name} offers no choices")
    return field


def offer_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let the field ``name`` offer pairs of value and label. Raises KeyError, TypeError."""
    choice_field(form, name).choices = list(choices)


class _ByName(ModelChoiceIterator):
    """The choices of a field as they stand in a Bengali dictionary."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, in_order(self.queryset.all()))


def offer_records(form: forms.BaseForm, name: str, records: QuerySet[Any], *, by_name: bool = False) -> None:
    """Let the field ``name`` offer these records and accept no other. Raises KeyError, TypeError.

    In the order of the query, or ``by_name``: by what each is called in the reader's language.
    """
    field = choice_field(form, name)
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{type(form).__name__}.{name} offers no records")
    if by_name:
        field.iterator = _ByName
    field.queryset = records
