"""The shape of input about quality. The rules live in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.forms.fields import NumberField
from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader
from halkhata.oversight.quality.models import Rubric, RubricLine
from halkhata.oversight.quality.services.guide import MOST_LINES


class PointsForm(TakesErrors):
    """Points for each line of the rubric, and words."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, lines: list[RubricLine], words_label: Any, words_required: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        digits = current_reader().digits
        choices = [(str(n), format_number(n, digits=digits)) for n in range(RubricLine.MOST + 1)]
        self.lines = lines
        for line in lines:
            self.fields[f"line_{line.pk}"] = forms.ChoiceField(
                label=line.name,
                help_text=in_reader_language(line.about_bn, line.about_en),
                choices=choices,
                widget=forms.RadioSelect(attrs={"class": "is-row"}),
                error_messages={"required": _("Give points for each line.")},
            )
        self.fields["words"] = forms.CharField(
            label=words_label, max_length=5000, required=words_required, widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": _("Please fill this in.")},
        )  # fmt: skip

    def point_fields(self) -> list[Any]:
        """The fields of the lines."""
        return [self[f"line_{line.pk}"] for line in self.lines]

    def points(self) -> dict[int, int]:
        """Points by id of the line."""
        return {line.pk: int(self.cleaned_data[f"line_{line.pk}"]) for line in self.lines}


class AnswerForm(PointsForm):
    """The answer to an objection: other points only when the score is to change."""

    changes = forms.BooleanField(label=_("Change the score to the points below"), required=False)

    def clean(self) -> dict[str, Any]:
        """Without a change the points are not asked for."""
        data = super().clean() or {}
        if not data.get("changes"):
            for line in self.lines:
                self.errors.pop(f"line_{line.pk}", None)
        return data


class DisputeForm(TakesErrors):
    """Why somebody objects."""

    use_required_attribute = False
    text = forms.CharField(
        label=_("Why do you object?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why you object.")},
    )


class GuideForm(TakesErrors):
    """The text of the guide."""

    use_required_attribute = False
    text_bn = forms.CharField(
        label=_("In Bengali"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 14, "lang": "bn"})
    )
    text_en = forms.CharField(
        label=_("In English"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 14, "lang": "en"}),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)


class RubricForm(TakesErrors):
    """The lines of the rubric and how many conversations are drawn."""

    use_required_attribute = False
    per_month = NumberField(
        label=_("Conversations of each person a month"), lowest=1, highest=50,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)
    PARTS = ("name_bn", "name_en", "about_bn", "about_en")
    LABELS = (
        _("Name in Bengali"),
        _("Name in English"),
        _("What to look for, in Bengali"),
        _("What to look for, in English"),
    )

    def __init__(self, *args: Any, rubric: Rubric, **kwargs: Any) -> None:
        lines = list(rubric.lines.all())
        kwargs["initial"] = {"per_month": rubric.per_month, "seen": rubric.version}
        for place, line in enumerate(lines, start=1):
            kwargs["initial"] |= {f"{part}_{place}": getattr(line, part) for part in self.PARTS}
        super().__init__(*args, **kwargs)
        self.places = range(1, min(MOST_LINES, len(lines) + 2) + 1)
        for place in self.places:
            for part, label in zip(self.PARTS, self.LABELS, strict=True):
                limit = 120 if part.startswith("name") else 300
                self.fields[f"{part}_{place}"] = forms.CharField(label=label, max_length=limit, required=False)

    def groups(self) -> list[list[Any]]:
        """The fields of each line."""
        return [[self[f"{part}_{place}"] for part in self.PARTS] for place in self.places]

    def lines(self) -> list[tuple[str, str, str, str]]:
        """What was written for each line."""
        data = self.cleaned_data
        return [
            (data[f"name_bn_{n}"], data[f"name_en_{n}"], data[f"about_bn_{n}"], data[f"about_en_{n}"])
            for n in self.places
        ]
