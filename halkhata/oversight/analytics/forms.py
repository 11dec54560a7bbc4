"""The filters above a report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Category
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.formatting import format_date
from halkhata.foundation.core.reader import current_reader
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.promise_filters import NONE


class _DayInput(forms.TextInput):
    def __init__(self) -> None:
        super().__init__(attrs={"size": 11, "autocomplete": "off", "inputmode": "text"})


class ReportForm(forms.Form):
    """Which days, and which part of the shop; ``hidden`` values ride along."""

    branch = forms.ChoiceField(label=_("Branch"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    channel = forms.ChoiceField(label=_("Came in by"), required=False)

    def __init__(
        self, *, period: Period, chosen: dict[str, str], branches: list[Branch], teams: list[Team],
        categories: list[Category], hidden: dict[str, str], without: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        # "from" is no name that a class can have; the fields stand before the others.
        initial: dict[str, Any] = {**chosen, "from": _day(period.first), "to": _day(period.last), **hidden}
        super().__init__(initial=initial, auto_id="report_%s")
        self.fields = {
            "from": forms.CharField(label=_("From"), widget=_DayInput()),
            "to": forms.CharField(label=_("To"), widget=_DayInput()),
            **self.fields,
            **{name: forms.CharField(widget=forms.HiddenInput) for name in hidden},
        }
        nothing = (NONE, _("None"))
        choices: dict[str, list[tuple[str, Any]]] = {
            "branch": [("", _("All branches")), *((str(row.pk), row.name) for row in branches)],
            "team": [("", _("All teams")), *((str(row.pk), row.name) for row in teams), nothing],
            "category": [("", _("All categories")), *((str(row.pk), row.name) for row in categories), nothing],
            "channel": [("", _("All channels")), *Channel.choices],
        }
        for name, values in choices.items():
            offer_choices(self, name, values)
        for name, offered in (("branch", len(branches)), ("team", len(teams)), ("category", len(categories))):
            if offered < 2 and not chosen.get(name):
                del self.fields[name]
        for name in without:
            self.fields.pop(name, None)


def _day(day: Any) -> str:
    return format_date(day, digits=current_reader().digits, style="numeric")


def branches_and_teams(user: User) -> tuple[list[Branch], list[Team]]:
    """What the reader may narrow a report to: the branches and teams inside the own scope, in two queries."""
    branches = Branch.objects.filter(is_active=True).order_by("path")
    teams = Team.objects.filter(is_active=True).order_by("pk")
    scope = user.role.scope
    if scope == Scope.ALL:
        return list(branches), list(teams)
    if scope == Scope.SUBTREE:
        inside = branches.filter(path__startswith=user.branch.path)
        return list(inside), list(teams.filter(branch__path__startswith=user.branch.path))
    if scope == Scope.BRANCH:
        return [user.branch], list(teams.filter(branch_id=user.branch_id))
    return [], list(teams.filter(pk__in=user.team_ids))


def categories_in_use() -> list[Category]:
    """Categories to narrow a report to, in one query."""
    return list(Category.objects.filter(is_active=True))
