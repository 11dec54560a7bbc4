"""A member of staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.forms.pieces import BoxesField, GroupedField, PlainForm, reachable_branches
from halkhata.foundation.accounts.models import Branch, Role, Team, User
from halkhata.foundation.accounts.policies import can_grant
from halkhata.foundation.core.form_choices import offer_records


class StaffForm(PlainForm):
    """A member of staff, without the password."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in. Letters and digits, no spaces."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("Also works for signing in."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, error_messages={"invalid": _("This is not an e-mail address.")}
    )
    role = GroupedField(label=_("Role"), queryset=Role.objects.none(), empty_label=_("Choose a role"))
    branch = GroupedField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    teams = BoxesField(label=_("Teams"), queryset=Team.objects.none(), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grantable = [role.pk for role in Role.objects.all() if can_grant(actor, role)]
        offer_records(self, "role", Role.objects.filter(pk__in=grantable))
        branches = reachable_branches(actor)
        offer_records(self, "branch", branches)
        teams = Team.objects.filter(is_active=True, branch__in=branches)
        offer_records(self, "teams", teams.select_related("branch"))
