"""Choices that a form offers once it knows who asks."""

import pytest
from django import forms

from halkhata.foundation.core.form_choices import offer_choices, offer_records
from halkhata.foundation.core.models import Installation


class Question(forms.Form):
    colour = forms.ChoiceField()
    shop = forms.ModelChoiceField(queryset=Installation.objects.none())
    name = forms.CharField()


def test_offered_choices_are_shown_and_no_other_is_accepted():
    form = Question({"colour": "green", "name": "x"})
    offer_choices(form, "colour", (pair for pair in [("red", "Red"), ("blue", "Blue")]))
    assert '<option value="blue">Blue</option>' in str(form["colour"])
    assert list(form.errors["colour"]) != []
    form = Question({"colour": "red", "name": "x"})
    offer_choices(form, "colour", [("red", "Red")])
    assert "colour" not in form.errors


@pytest.mark.django_db
def test_offered_records_are_accepted_and_no_other():
    shop = Installation.current()
    shop.save()
    form = Question({"shop": str(shop.pk)})
    offer_records(form, "shop", Installation.objects.all())
    assert form.fields["shop"].clean(str(shop.pk)) == shop
    offer_records(form, "shop", Installation.objects.none())
    with pytest.raises(forms.ValidationError):
        form.fields["shop"].clean(str(shop.pk))


@pytest.mark.parametrize(("name", "error"), [("name", TypeError), ("colour", TypeError), ("nowhere", KeyError)])
def test_field_without_records_is_refused(name, error):
    with pytest.raises(error):
        offer_records(Question(), name, Installation.objects.none())
    if name != "colour":
        with pytest.raises(error):
            offer_choices(Question(), name, [])
