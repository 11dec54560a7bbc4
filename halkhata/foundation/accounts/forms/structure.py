"""Roles, branches and teams."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import PERMISSIONS, Scope
from halkhata.foundation.accounts.forms.pieces import BoxesField, GroupedField, PlainForm, reachable_branches
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.policies import staff_visible_to
from halkhata.foundation.core.form_choices import offer_records


class RoleForm(PlainForm):
    """A role: names, reach, step of the ladder, permissions."""

    LEVELS = [(1, _("Agent")), (2, _("Team lead")), (3, _("Branch manager")), (4, _("Head office"))]

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    scope = forms.ChoiceField(label=_("Which records it sees"), choices=Scope.choices)
    level = forms.TypedChoiceField(
        label=_("Step on the escalation ladder"),
        choices=LEVELS,
        coerce=int,
        help_text=_("When work is late, the next step up is told."),
    )
    permissions = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=list(PERMISSIONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class BranchForm(PlainForm):
    """A branch and its place in the tree."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    parent = GroupedField(
        label=_("Stands under"),
        queryset=Branch.objects.none(),
        required=False,
        empty_label=_("Nothing: it is a head office"),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    address = forms.CharField(label=_("Address"), max_length=255, required=False)
    time_zone = forms.CharField(label=_("Time zone"), max_length=64, initial="Asia/Dhaka")
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, branch: Branch | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Branch.objects.all()
        if branch is not None:
            others = others.exclude(path__startswith=branch.path)
        offer_records(self, "parent", others)


class TeamForm(PlainForm):
    """A team, its lead and members."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    branch = GroupedField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    lead = GroupedField(label=_("Lead"), queryset=User.objects.none(), required=False, empty_label=_("No lead"))
    members = BoxesField(label=_("Members"), queryset=User.objects.none(), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = staff_visible_to(actor).filter(is_active=True)
        offer_records(self, "branch", reachable_branches(actor))
        offer_records(self, "lead", people)
        offer_records(self, "members", people)
