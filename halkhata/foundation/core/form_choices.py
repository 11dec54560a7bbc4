"""Choices that a form can offer only once it knows who asks: records inside his scope, what the apps registered."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The form's field ``name``. Raises KeyError when it is absent, TypeError when it offers no choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{type(form).__name__}.{name} offers no choices")
    return field


def offer_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let the field ``name`` offer pairs of value and label. Raises KeyError, TypeError."""
    choice_field(form, name).choices = list(choices)


def offer_records(form: forms.BaseForm, name: str, records: QuerySet[Any]) -> None:
    """Let the field ``name`` offer these records and accept no other. Raises KeyError, TypeError."""
    field = choice_field(form, name)
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{type(form).__name__}.{name} offers no records")
    field.queryset = records
