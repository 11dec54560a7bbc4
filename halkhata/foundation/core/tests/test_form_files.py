"""Fields for several files at once."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from halkhata.foundation.core.form_files import FilesField, PhotosField


class Parcel(forms.Form):
    papers = FilesField(label="Papers", accept="application/pdf")
    photos = PhotosField()


def uploads(number):
    return [SimpleUploadedFile(f"{place}.png", b"" if place == 0 else b"x") for place in range(number)]


def test_files_come_as_a_list_and_empty_ones_are_among_them():
    form = Parcel({}, MultiValueDict({"photos": uploads(3)}))
    assert form.is_valid(), form.errors
    assert [one.name for one in form.cleaned_data["photos"]] == ["0.png", "1.png", "2.png"]
    assert form.cleaned_data["papers"] == []


def test_more_than_ten_photos_are_refused_and_other_files_are_not_counted():
    form = Parcel({}, MultiValueDict({"photos": uploads(11), "papers": uploads(11)}))
    assert form.errors == {"photos": ["At most ten photos at once."]}
    assert len(form.cleaned_data["papers"]) == 11


def test_own_limit_is_said_in_own_words():
    with pytest.raises(forms.ValidationError) as refused:
        FilesField(accept="image/*", most=1, too_many="One is enough.").clean(uploads(2))
    assert refused.value.messages == ["One is enough."]


def test_control_takes_several_and_names_what_it_takes():
    form = Parcel()
    assert str(form["papers"]).count("multiple") == 1
    assert 'accept="application/pdf"' in str(form["papers"])
    assert 'accept="image/*,application/pdf"' in str(form["photos"])
    assert (form.fields["photos"].label, form.fields["photos"].required) == ("Photos", False)
