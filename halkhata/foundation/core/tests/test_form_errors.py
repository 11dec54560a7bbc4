"""What a service refused, shown in the form."""

from django import forms

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import TakesErrors


class Question(TakesErrors):
    name = forms.CharField()


def test_error_stands_at_the_field_it_speaks_of():
    form = Question({"name": "x"})
    form.take_error(DomainError("taken", "This name is taken.", field="name"))
    assert form.errors == {"name": ["This name is taken."]}


def test_error_of_no_field_here_stands_above_all():
    for field in (None, "colour"):
        form = Question({"name": "x"})
        form.take_error(DomainError("closed", "The shop is closed.", field=field))
        assert form.errors == {"__all__": ["The shop is closed."]}
        assert form.data["name"] == "x"
