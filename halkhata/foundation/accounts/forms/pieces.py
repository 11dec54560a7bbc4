"""What the forms about staff and set-up are made of."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.policies import within_reach


class PlainForm(forms.Form):
    """Our own words for what is missing, in both languages."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = _("Choose one from the list.")


class GroupedField(forms.ModelChoiceField):
    """A list of records labelled by their name."""

    def label_from_instance(self, record: Any) -> str:
        if isinstance(record, Branch):
            depth = max(record.path.count("/") - 2, 0)
            return f"{'— ' * depth}{record.name}"
        if isinstance(record, User):
            return f"{record.name} · {record.role.name}"
        return str(record)


class BoxesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, record: Any) -> str:
        return f"{record.name} · {record.branch.name}"


def reachable_branches(actor: User) -> QuerySet[Branch]:
    ids = [branch.pk for branch in Branch.objects.filter(is_active=True) if within_reach(actor, branch)]
    return Branch.objects.filter(pk__in=ids)
