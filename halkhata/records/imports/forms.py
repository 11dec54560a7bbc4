"""Forms of imports and exports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.records.customers.policies import branches_open_to
from halkhata.records.imports.choices import ExportFormat, KnownRule, SharedRule
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.policies import may_bring
from halkhata.records.imports.registry import import_targets
from halkhata.records.imports.services.progress import target_of

FIRST_TARGET = "customers"


class FileForm(forms.Form):
    """Which file to bring in."""

    use_required_attribute = False

    what = forms.ChoiceField(label=_("What is in it?"), required=False, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Excel or CSV file"),
        help_text=_(
            "XLSX, XLS or CSV, in any order of columns. Nothing is imported before you have seen what comes of it."
        ),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,.tsv"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"what": FIRST_TARGET})
        super().__init__(*args, **kwargs)
        choices = [(name, one.label) for name, one in import_targets.items() if may_bring(user, one)]
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) < 2:
            field.widget = forms.HiddenInput()

    @property
    def target(self) -> str:
        """Which kind of record the file brings."""
        return self.cleaned_data.get("what") or FIRST_TARGET


class MappingForm(forms.Form):
    """What each column of the file means, and how to treat what is there already."""

    use_required_attribute = False

    known = forms.ChoiceField(
        label=_("A customer who is here already"), choices=KnownRule.choices, widget=forms.RadioSelect
    )
    shared = forms.ChoiceField(
        label=_("A number that is known under another name"), choices=SharedRule.choices, widget=forms.RadioSelect
    )
    branch = forms.ModelChoiceField(
        label=_("New customers belong to"), queryset=Branch.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, run: ImportRun, user: User, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {"known": run.options["known"], "shared": run.options["shared"], "branch": run.branch_id}
        )
        super().__init__(*args, **kwargs)
        self.run = run
        self.fields["branch"].queryset = branches_open_to(user)  # type: ignore[attr-defined]
        choices = [("", _("— leave out —")), *((column.code, column.label) for column in target_of(run).columns())]
        self.indexes = list(range(len(run.layout.get("headers", []))))
        for index in self.indexes:
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=run.layout["headers"][index] or _("Column"), choices=choices, required=False,
                initial=run.mapping.get(str(index), ""),
            )  # fmt: skip
            self.fields[f"bijoy_{index}"] = forms.BooleanField(
                label=_("Bijoy letters"), required=False, initial=index in run.layout.get("bijoy", ())
            )

    def values(self) -> dict[str, Any]:
        """Arguments of ``set_mapping``."""
        data = self.cleaned_data
        return {
            "mapping": {index: data[f"column_{index}"] for index in self.indexes if data.get(f"column_{index}")},
            "bijoy": [index for index in self.indexes if data.get(f"bijoy_{index}")],
            "options": {"known": data["known"], "shared": data["shared"]},
            "branch": data["branch"],
        }


class ExportForm(forms.Form):
    """What to take out, as what."""

    use_required_attribute = False

    format = forms.ChoiceField(label=_("Kind of file"), choices=ExportFormat.choices, initial=ExportFormat.XLSX)
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label=_("All that I see")
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("All")), ("bn", _("Bengali")), ("en", _("English"))]
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches_open_to(user)  # type: ignore[attr-defined]

    def filters(self) -> dict[str, Any]:
        """What the list is narrowed to."""
        branch = self.cleaned_data.get("branch")
        found = {"branch": branch.pk if branch else None, "language": self.cleaned_data.get("language", "")}
        return {name: value for name, value in found.items() if value}
