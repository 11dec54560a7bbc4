"""The table of record scopes: exactly which rows each scope sees (A56.15)."""

from types import SimpleNamespace

import pytest

from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Role, Team, User
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.core.clock import now

SEEN = {
    "own": {"mine", "mine-elsewhere"},
    "team": {"mine", "mine-elsewhere", "team", "team-elsewhere"},
    "branch": {"mine", "mine-elsewhere", "team", "team-elsewhere", "branch"},
    "subtree": {"mine", "mine-elsewhere", "team", "team-elsewhere", "branch", "below", "far-below"},
    "all": {"mine", "mine-elsewhere", "team", "team-elsewhere", "branch", "below", "far-below", "sister", "above"},
}


@pytest.fixture
def rows(db):
    head = create_branch(actor=None, name_en="Head")
    # Ids of branches grow past one digit, so that /1/ and /1x/ could be mistaken for one another.
    fillers = [create_branch(actor=None, name_en=f"Filler {number}") for number in range(10)]
    home = create_branch(actor=None, name_en="Home", parent=head)
    below = create_branch(actor=None, name_en="Below", parent=home)
    far = create_branch(actor=None, name_en="Far below", parent=below)
    sister = create_branch(actor=None, name_en="Sister", parent=head)
    assert len(fillers) == 10
    role = Role.objects.create(code="r", name_en="R")
    me = User.objects.create_user("me", role=role, branch=home)
    other = User.objects.create_user("other", role=role, branch=sister)
    team = Team.objects.create(code="t", name_en="T", branch=home)
    me.teams.add(team)
    foreign = Team.objects.create(code="f", name_en="F", branch=sister)

    def row(number, *, owner=other, team=foreign, branch=sister):
        WorkItem.objects.create(
            number=number, kind="follow_up", subject=number, owner=owner, team=team, branch=branch, channel="internal",
            opened_at=now(), last_activity_at=now(), last_update_at=now(),
        )  # fmt: skip

    row("mine", owner=me, branch=home)
    row("mine-elsewhere", owner=me)
    row("team", team=team, branch=home)
    row("team-elsewhere", team=team)
    row("branch", branch=home)
    row("below", branch=below)
    row("far-below", branch=far)
    row("sister")
    row("above", branch=head)
    return SimpleNamespace(me=me, role=role)


@pytest.mark.parametrize("scope", SEEN)
def test_scope_sees_exactly_its_rows(rows, scope):
    Role.objects.filter(pk=rows.role.pk).update(scope=scope)
    me = User.objects.select_related("role", "branch").get(pk=rows.me.pk)
    assert set(WorkItem.objects.visible_to(me).values_list("number", flat=True)) == SEEN[scope]


@pytest.mark.parametrize("scope", SEEN)
def test_somebody_switched_off_sees_nothing(rows, scope):
    Role.objects.filter(pk=rows.role.pk).update(scope=scope)
    User.objects.filter(pk=rows.me.pk).update(is_active=False)
    me = User.objects.select_related("role", "branch").get(pk=rows.me.pk)
    assert WorkItem.objects.visible_to(me).count() == 0
