"""Forms of the queue: filters, saved views, giving work to somebody."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Channel, Priority
from halkhata.engines.work.policies import assignable, assignable_people, can_assign
from halkhata.engines.work.registry import item_kinds, more_filters
from halkhata.engines.work.selectors.filters import (
    ANY,
    AWAY,
    BROKEN,
    DONE,
    ESCALATED,
    LATE,
    NEAR,
    PAUSED,
    TODAY,
    UNANSWERED,
    UNASSIGNED,
    UNCONFIRMED,
    UNEXPLAINED,
    QueueFilters,
)
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.form_choices import offer_choices, offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.kept_sql import kept_objects


def _any(label: Any, choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", label), *choices]


class QueueFilterForm(forms.Form):
    """The filters above the queue; built for one reader, with the values of the present address."""

    q = forms.CharField(label=_("Number"), required=False, max_length=20)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)
    branch = forms.ChoiceField(label=_("Branch"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    due = forms.ChoiceField(label=_("Due"), required=False)
    need = forms.ChoiceField(label=_("Needs"), required=False)
    channel = forms.ChoiceField(label=_("Came in by"), required=False)

    def __init__(
        self,
        *,
        user: User,
        filters: QueueFilters,
        people: list[User],
        teams: list[Team],
        branches: list[Branch],
        stamps: Mapping[str, str | None] = {},
    ) -> None:
        super().__init__(initial={name: getattr(filters, name) for name in self.base_fields}, prefix=None)
        choices: dict[str, list[tuple[str, Any]]] = {
            "kind": _any(_("All kinds"), ((kind.code, kind.label) for kind in item_kinds)),
            "state": [
                ("", _("Not finished")),
                (PAUSED, _("Waiting")),
                (DONE, _("Finished")),
                (ANY, _("All states")),
                *_desk_states(),
            ],
            "owner": _any(
                _("Everybody"),
                [("me", _("Me")), *((str(person.pk), person.name) for person in people if person.pk != user.pk)],
            ),
            "team": _any(_("All teams"), ((str(team.pk), team.name) for team in teams)),
            "branch": _any(_("All branches"), ((str(branch.pk), branch.name) for branch in branches)),
            "priority": _any(_("All priorities"), Priority.choices),
            "due": _any(_("Any time"), [(LATE, _("Late")), (NEAR, _("Due soon")), (TODAY, _("Due today"))]),
            "need": _any(
                _("Anything"),
                [
                    (UNANSWERED, _("Not answered yet")),
                    (ESCALATED, _("Sent up")),
                    (UNCONFIRMED, _("Sent up, not confirmed")),
                    (BROKEN, _("Promise broken")),
                    (UNEXPLAINED, _("Late without a reason")),
                    (UNASSIGNED, _("Nobody's yet")),
                    (AWAY, _("Owner is away")),
                ],
            ),
            "channel": _any(_("All channels"), Channel.choices),
        }
        for name, values in choices.items():
            offer_choices(self, name, values)
        for name, offered in (("team", len(teams)), ("branch", len(branches))):
            if offered < 2:
                del self.fields[name]
        chosen = dict(filters.more)
        for desk, one in more_filters.items():
            for name, offered_field in one.offered(user, stamps.get(desk)).items():
                offered_field.initial = chosen.get(name, "")
                self.fields[name] = offered_field


def _desk_states() -> list[tuple[str, Any]]:
    found: dict[str, Any] = {}
    for kind in item_kinds:
        for code, label in kind.states:
            found.setdefault(f"is-{code}", label)
    return list(found.items())


def people_for(user: User) -> list[User]:
    """Whose work the reader may filter by: everybody he may give work to, else himself: at most one query."""
    return by_name(assignable_people(user)) if can_assign(user) else [user]


def teams_for(user: User) -> list[Team]:
    """The teams inside the reader's scope: one query."""
    return kept_objects(("teams", scope_key(user)), lambda: _teams_for(user), {})


def _teams_for(user: User) -> QuerySet[Team]:
    teams = Team.objects.filter(is_active=True).select_related("branch")
    if user.role.scope == Scope.ALL:
        return teams
    if user.role.scope == Scope.SUBTREE:
        return teams.filter(branch__path__startswith=user.branch.path)
    return teams.filter(branch_id=user.branch_id)


def branches_among(people: list[User], teams: list[Team]) -> list[Branch]:
    """The branches of these people and teams, in the order of the tree: no query."""
    rows: list[User | Team] = [*people, *teams]
    found = {row.branch.pk: row.branch for row in rows}
    return sorted(found.values(), key=lambda branch: branch.path)


class SavedViewForm(TakesErrors):
    """A name for the present filters."""

    name = forms.CharField(label=_("Name of the view"), max_length=80)
    is_shared = forms.BooleanField(label=_("Everybody may use it"), required=False)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)


class AssignForm(TakesErrors):
    """To whom work is given."""

    owner = forms.ModelChoiceField(label=_("Give to"), queryset=User.objects.none(), empty_label=_("Choose a person"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "owner", assignable(user), by_name=True)
