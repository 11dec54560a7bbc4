"""The shape of input about webhooks. The rules live in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.policies import within_reach
from halkhata.oversight.webhooks.catalogue import EVENTS
from halkhata.oversight.webhooks.models import WebhookEndpoint


class EndpointForm(forms.Form):
    """Where it goes and what it tells."""

    use_required_attribute = False
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://erp.example.com/hooks/halkhata", "autocomplete": "off"}),
        help_text=_("It must begin with https:// and lie outside private networks."),
        error_messages={"required": _("Please fill this in.")},
    )
    description = forms.CharField(label=_("What it is for"), max_length=120, required=False)
    branch = forms.TypedChoiceField(
        label=_("Branch"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Only what happens in this branch and those under it."),
        error_messages={"invalid_choice": _("Choose one from the list.")},
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event."), "invalid_choice": _("Choose one from the list.")},
    )

    def __init__(self, *args: Any, actor: User, endpoint: WebhookEndpoint | None = None, **kwargs: Any) -> None:
        if endpoint is not None:
            kwargs["initial"] = {
                "url": endpoint.url,
                "description": endpoint.description,
                "branch": endpoint.branch_id,
                "events": endpoint.events,
                "is_active": endpoint.is_active,
            }
        super().__init__(*args, **kwargs)
        self._branches = {
            branch.pk: branch for branch in Branch.objects.filter(is_active=True) if within_reach(actor, branch)
        }
        _limit(self, "branch", [("", _("Wherever you may look")), *((pk, str(b)) for pk, b in self._branches.items())])
        _limit(self, "events", [(one.name, one.label) for one in EVENTS.values() if actor.may(one.permission)])
        if endpoint is not None:
            self.fields["is_active"] = forms.BooleanField(label=_("In use"), required=False)

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        data = dict(self.cleaned_data)
        data["branch"] = self._branches.get(data["branch"]) if data["branch"] else None
        return data


def _limit(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
