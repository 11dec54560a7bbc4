"""Drop-down lists are written as Django writes them, letter by letter."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_renderer import QuickRenderer

FLAT = [("", _("All")), ("a", "A & <b>"), (2, 'say "two"'), ("c", "গ")]
GROUPED = [("", "-"), ("Group <1>", [("x", "X"), ("y", "Y")]), ("z", "Z")]


def written(renderer, widget, value):
    return widget.render("field", value, {"id": "id_field"}, renderer=renderer)


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.Select(choices=FLAT), None),
        (forms.Select(choices=FLAT), "a"),
        (forms.Select(choices=FLAT), 2),
        (forms.Select(attrs={"class": 'big "one"', "required": True, "disabled": False}, choices=GROUPED), "y"),
        (forms.SelectMultiple(attrs={"id": "many"}, choices=GROUPED), ["x", "z"]),
        (forms.NullBooleanSelect(), True),
        (forms.Select(choices=[]), None),
    ],
)
def test_select_is_the_same_as_django_writes_it(widget, value):
    assert written(QuickRenderer(), widget, value) == written(DjangoTemplates(), widget, value)


def test_other_widgets_are_left_to_django():
    widget = forms.TextInput()
    assert widget.render("field", "<x>", renderer=QuickRenderer()) == widget.render(
        "field", "<x>", renderer=DjangoTemplates()
    )


class _OwnOption(forms.Select):
    option_template_name = "django/forms/widgets/radio_option.html"


def test_select_with_an_option_template_of_its_own_is_left_to_django():
    widget = _OwnOption(choices=FLAT)
    assert widget.render("field", "a", renderer=QuickRenderer()) == widget.render(
        "field", "a", renderer=DjangoTemplates()
    )


def test_forms_of_the_product_use_it():
    class Form(forms.Form):
        field = forms.ChoiceField(choices=FLAT)

    assert isinstance(Form().renderer, QuickRenderer)
