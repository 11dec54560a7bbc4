"""Drop-down lists are written as Django writes them, letter by letter."""

from datetime import date, datetime

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


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(), '<x> & "y"'),
        (forms.TextInput(attrs={"class": 'big "one"', "required": True, "disabled": False, "maxlength": 40}), None),
        (forms.TextInput(attrs={"type": "tel"}), ""),
        (forms.NumberInput(), 7),
        (forms.EmailInput(), "a@example.com"),
        (forms.PasswordInput(), "secret"),
        (forms.PasswordInput(render_value=True), "secret"),
        (forms.HiddenInput(), "'x'"),
        (forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), datetime(2026, 11, 22, 9, 30)),
        (forms.DateInput(), date(2026, 11, 22)),
        (forms.TimeInput(), "09:30"),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(), "yes"),
        (forms.CheckboxInput(), False),
        (forms.FileInput(), None),
        (forms.ClearableFileInput(attrs={"accept": "image/*"}), None),
        (forms.Textarea(attrs={"rows": 5}), '<b>\nগ & "x"'),
        (forms.Textarea(), None),
        (forms.RadioSelect(choices=FLAT), "a"),
        (forms.RadioSelect(attrs={"class": "x"}, choices=GROUPED), None),
        (forms.CheckboxSelectMultiple(choices=FLAT), ["a", "2"]),
        (forms.CheckboxSelectMultiple(choices=[]), []),
    ],
)
def test_other_controls_are_the_same_as_django_writes_them(widget, value):
    assert written(QuickRenderer(), widget, value) == written(DjangoTemplates(), widget, value)
    assert widget.render("field", value, renderer=QuickRenderer()) == widget.render(
        "field", value, renderer=DjangoTemplates()
    )


class _Stored:
    url = "/files/1/<a>"

    def __str__(self):
        return "<a>.png"


def test_a_file_that_is_there_already_is_left_to_django():
    widget = forms.ClearableFileInput()
    assert "&lt;a&gt;.png" in written(QuickRenderer(), widget, _Stored())
    assert written(QuickRenderer(), widget, _Stored()) == written(DjangoTemplates(), widget, _Stored())


def test_what_was_typed_is_escaped_in_every_control():
    evil = '"><script>'
    for widget in (
        forms.TextInput(),
        forms.Textarea(),
        forms.Select(choices=[(evil, evil)]),
        forms.RadioSelect(choices=[(evil, evil)]),
    ):
        assert "<script>" not in written(QuickRenderer(), widget, evil)


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
