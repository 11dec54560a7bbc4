"""What the forms of records are made of: plain text inputs, so that any digits and pasted spellings are welcome."""

from typing import Any

from django import forms

from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.text import clean_text


class TextField(forms.CharField):
    """Text through the one gate: NFC, no invisible characters, tidy spaces."""

    def __init__(self, *, multiline: bool = False, **options: Any) -> None:
        self.multiline = multiline
        if multiline:
            options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        options.setdefault("required", False)
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return clean_text(value if isinstance(value, str) else "", multiline=self.multiline)


class RecordForm(TakesErrors):
    """A form whose service may refuse: the error comes to its field, and nothing typed is lost."""

    # What the record holds now, where it differs from what was typed: [(label, value)]. Set after a conflict.
    theirs: list[tuple[Any, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs = []

    @property
    def seen_version(self) -> int:
        """The version of the record that the person saw when the form was opened; 0 for none."""
        text = self.cleaned_data.get("version", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def show_theirs(self, current: dict[str, Any], error: Conflict) -> None:
        """After a conflict: say so, and keep what stands in the record now, for the fields that differ."""
        if self.is_valid():
            for name, value in current.items():
                if name in self.fields and name != "version" and (value or "") != (self.cleaned_data.get(name) or ""):
                    shown = dict(getattr(self.fields[name], "choices", ())).get(value, value)
                    self.theirs.append((self.fields[name].label, str(shown or "—")))
        self.add_error(None, str(error.message))
