"""Forms of gateways: what every one asks, and what only its kind does."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.sms.adapters import ADAPTERS
from halkhata.engines.sms.choices import GatewayKind
from halkhata.engines.sms.models import Gateway
from halkhata.engines.sms.policies import branches_for, may_set_default
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.form_choices import offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import AmountField

_OWN = ("name", "branch", "is_active", "sender_name", "base_url", "balance_limit")


class GatewayForm(TakesErrors):
    """One gateway of one kind. Keys and passwords are written here and never shown again."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For your own lists."))
    branch = forms.ModelChoiceField(
        label=_("It carries for"), queryset=Branch.objects.none(), required=False, empty_label=_("The whole shop"),
        help_text=_("A branch's own gateway carries for the branches under it, too."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    sender_name = forms.CharField(
        label=_("Name shown as sender (masking)"), max_length=32, required=False,
        help_text=_("Empty: that of the shop's SMS settings."),
    )  # fmt: skip
    base_url = forms.CharField(label=_("Address of the service"), max_length=400)
    balance_limit = AmountField(
        label=_("Tell me when less than this is left"), required=False, help_text=_("Empty: nobody is told.")
    )

    def __init__(self, *args: Any, kind: str, user: User, gateway: Gateway | None = None, **kwargs: Any) -> None:
        self.adapter, self.gateway = ADAPTERS[kind], gateway
        kwargs["initial"] = _initial(kind, gateway)
        super().__init__(*args, **kwargs)
        offer_records(self, "branch", branches_for(user))
        if not may_set_default(user):
            self.fields["branch"].required = True
        if not self.adapter.knows_balance:
            del self.fields["balance_limit"]
        for asked in self.adapter.fields:
            self.fields[asked.name] = _field(asked, has_one=gateway is not None)

    @property
    def own(self) -> list[Any]:
        """What every gateway asks."""
        return [self[name] for name in _OWN if name in self.fields]

    @property
    def special(self) -> list[Any]:
        """What only this kind asks."""
        return [self[asked.name] for asked in self.adapter.fields]

    def values(self) -> dict[str, Any]:
        """What the service is given."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in _OWN if name in data},
            "options": {one.name: data[one.name] for one in self.adapter.fields if not one.secret},
            "new_secrets": {one.name: data[one.name] for one in self.adapter.fields if one.secret},
        }


class TryForm(TakesErrors):
    """A number, and what it gets."""

    use_required_attribute = False

    number = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Text"), max_length=480, initial=_("This is a try of the shop's SMS."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def _initial(kind: str, gateway: Gateway | None) -> dict[str, Any]:
    adapter = ADAPTERS[kind]
    if gateway is None:
        return {"name": GatewayKind(kind).label, "base_url": adapter.first_url, "is_active": True,
                **{one.name: one.initial for one in adapter.fields}}  # fmt: skip
    own = {name: getattr(gateway, name) for name in _OWN}
    return {**own, **{one.name: gateway.options.get(one.name, "") for one in adapter.fields if not one.secret}}


def _field(asked: Any, *, has_one: bool) -> forms.Field:
    if asked.secret:
        kept = _("Kept. Write a new one only to change it.")
        return forms.CharField(
            label=asked.label, max_length=500, strip=True, required=asked.required and not has_one,
            help_text=kept if has_one else asked.help,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )  # fmt: skip
    if asked.choices:
        return forms.ChoiceField(label=asked.label, choices=asked.choices, required=asked.required)
    widget: forms.Widget = forms.Textarea(attrs={"rows": 4}) if asked.lines else forms.TextInput()
    return forms.CharField(
        label=asked.label, help_text=asked.help, required=asked.required, max_length=1500, widget=widget
    )
