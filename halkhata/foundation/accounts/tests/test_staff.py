"""Adding, changing and letting go; who may; and that a refusal changes nothing."""

import hashlib

import pytest
from django.db import connection

from halkhata.foundation.accounts.choices import PERMISSIONS, Scope
from halkhata.foundation.accounts.models import ApiToken, Branch, Role, Team, User
from halkhata.foundation.accounts.services.branches import create_branch, update_branch
from halkhata.foundation.accounts.services.roles import create_ready_roles, save_role
from halkhata.foundation.accounts.services.staff import create_staff, deactivate_staff, reset_password, update_staff
from halkhata.foundation.accounts.services.teams import save_team
from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.foundation.core.registry import HandedOver, LeaverStep, leaver_steps


def digest() -> str:
    """A fingerprint of every row of every table."""
    seen = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith(("sqlite_", "django_session", "axes_")):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            seen.update(repr((table, sorted(map(repr, cursor.fetchall())))).encode())
    return seen.hexdigest()


def test_ready_roles_are_eleven_and_survive_being_made_again(db):
    roles = create_ready_roles()
    assert len(roles) == 11
    assert set(roles["owner"].permissions) == set(PERMISSIONS)
    assert [code for code, role in roles.items() if "users.edit" in role.permissions] == ["owner"]
    Role.objects.filter(code="cashier").update(permissions=["customer.view"])
    create_ready_roles()
    assert Role.objects.count() == 11
    assert Role.objects.get(code="cashier").permissions == ["customer.view"]


def test_created_person_has_all_that_was_given(shop):
    user, password = create_staff(
        actor=shop.owner, username="shila", role=shop.agent.role, branch=shop.branch, teams=[shop.team],
        name_bn="শিলা", phone="০১১০০০০০০৭৭", email="shila@example.com",
    )  # fmt: skip
    assert len(password) == 19
    assert user.check_password(password)
    assert (user.phone_e164, user.must_change_password, user.name_bn) == ("+8801100000077", True, "শিলা")
    assert list(user.teams.all()) == [shop.team]
    entry = AuditEntry.objects.get(action="staff.create")
    assert entry.actor_id == shop.owner.pk
    assert password not in str(entry.after)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"username": "RAFI"}, "username_taken", "username"),
        ({"username": "x"}, "bad_username", "username"),
        ({"username": "a/b/c"}, "bad_username", "username"),
        ({"username": "fresh", "phone": "01100000001"}, "phone_taken", "phone"),
        ({"username": "fresh", "password": "short"}, "weak_password", "password"),
    ],
)
def test_bad_values_of_a_new_person_are_refused_by_name(shop, values, code, field):
    User.objects.filter(pk=shop.lead.pk).update(phone_e164="+8801100000001")
    before = digest()
    with pytest.raises(DomainError) as refused:
        create_staff(actor=shop.owner, role=shop.agent.role, branch=shop.branch, **values)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert digest() == before


def _administrator(shop, scope: Scope) -> User:
    role = Role.objects.create(
        code=f"hr-{scope}", name_en="HR", level=3, scope=scope, permissions=["users.edit", *shop.agent.role.permissions]
    )
    return User.objects.create_user("hr", "nine plain words", role=role, branch=shop.branch, name_en="HR")


def test_every_act_on_accounts_is_refused_without_the_right_and_changes_nothing(shop):
    agent, other = shop.agent, shop.agent2
    acts = [
        lambda: create_staff(actor=agent, username="newone", role=agent.role, branch=shop.branch),
        lambda: update_staff(actor=agent, user=other, role=shop.owner.role),
        lambda: reset_password(actor=agent, user=shop.owner),
        lambda: deactivate_staff(actor=agent, user=other),
        lambda: save_role(actor=agent, role=agent.role, permissions=list(PERMISSIONS)),
        lambda: create_branch(actor=agent, name_en="Mine"),
        lambda: update_branch(actor=agent, branch=shop.branch, name_en="Mine"),
        lambda: save_team(actor=agent, team=shop.team, name_en="Mine"),
        lambda: create_token(actor=agent, name="key", scopes=["users.edit"]),
    ]
    before = digest()
    for act in acts:
        with pytest.raises(PermissionRefused):
            act()
    assert digest() == before


def test_nobody_gives_away_more_than_they_have(shop):
    hr = _administrator(shop, Scope.BRANCH)
    before = digest()
    for act in (
        lambda: create_staff(actor=hr, username="puppet", role=shop.owner.role, branch=shop.branch),
        lambda: update_staff(actor=hr, user=shop.agent, role=shop.owner.role),
        lambda: update_staff(actor=hr, user=hr, role=shop.owner.role),
        lambda: reset_password(actor=hr, user=shop.owner),
        lambda: deactivate_staff(actor=hr, user=shop.owner),
    ):
        with pytest.raises(PermissionRefused):
            act()
    assert digest() == before


def test_branch_administrator_stays_in_the_own_branch(shop, client_as):
    hr = _administrator(shop, Scope.BRANCH)
    elsewhere = create_branch(actor=None, name_en="Elsewhere")
    stranger = User.objects.create_user("stranger", "nine plain words", role=shop.agent.role, branch=elsewhere)
    client = client_as(hr)
    assert client.get(f"/settings/users/{shop.agent.pk}/").status_code == 200
    assert client.get(f"/settings/users/{stranger.pk}/").status_code == 404
    assert "stranger" not in client.get("/settings/users/").content.decode()
    before = digest()
    with pytest.raises(PermissionRefused):
        update_staff(actor=hr, user=shop.agent, branch=elsewhere)
    with pytest.raises(PermissionRefused):
        deactivate_staff(actor=hr, user=stranger)
    assert digest() == before


def test_last_administrator_cannot_go_or_be_stripped(shop):
    second = User.objects.create_user("second", "nine plain words", role=shop.owner.role, branch=shop.branch)
    deactivate_staff(actor=shop.owner, user=second)
    with pytest.raises(Conflict) as refused:
        update_staff(actor=shop.owner, user=shop.owner, role=shop.agent.role)
    assert refused.value.code == "last_administrator"
    with pytest.raises(Conflict):
        save_role(
            actor=shop.owner, role=shop.owner.role, permissions=["users.edit", "customer.see_private"], scope="own"
        )
    with pytest.raises(Conflict):
        deactivate_staff(actor=shop.owner, user=shop.owner)
    assert User.objects.get(pk=shop.owner.pk).role_id == shop.owner.role_id


def test_leaver_with_open_work_needs_a_successor(shop):
    held, moved = {shop.agent.pk: 3}, []

    def hand_over(*, actor, leaver, successor):
        moved.append((actor.pk, leaver.pk, successor.pk))
        to = {"to_id": successor.pk, "to": successor.audit_label}
        return [HandedOver(ref=str(number), label="a paper", **to) for number in range(held.pop(leaver.pk))]

    step = LeaverStep(count=lambda user: held.get(user.pk, 0), hand_over=hand_over)
    leaver_steps.register("test-leaver", step)
    try:
        _raw = create_token(actor=shop.agent, name="till", scopes=["ticket.view"])
        before = digest()
        with pytest.raises(Conflict) as refused:
            deactivate_staff(actor=shop.owner, user=shop.agent)
        assert (refused.value.code, refused.value.data["count"]) == ("owns_open_work", 3)
        assert digest() == before
        assert deactivate_staff(actor=shop.owner, user=shop.agent, successor=shop.agent2) == 3
    finally:
        del leaver_steps._entries["test-leaver"]
    assert moved == [(shop.owner.pk, shop.agent.pk, shop.agent2.pk)]
    assert not User.objects.get(pk=shop.agent.pk).is_active
    assert ApiToken.objects.get().revoked_at is not None
    event = OutboxEvent.objects.get(name="staff.deactivated")
    assert event.payload == {"user_id": shop.agent.pk, "successor_id": shop.agent2.pk, "handed_over": 3}


def test_moved_branch_takes_everything_under_it_along(db):
    root = create_branch(actor=None, name_en="Root")
    north = create_branch(actor=None, name_en="North", parent=root)
    shop_a = create_branch(actor=None, name_en="A", parent=north)
    south = create_branch(actor=None, name_en="South", parent=root)
    owner = User.objects.create_user("boss", "nine plain words", role=create_ready_roles()["owner"], branch=root)
    update_branch(actor=owner, branch=north, parent=south)
    paths = dict(Branch.objects.values_list("name_en", "path"))
    assert paths == {
        "Root": f"/{root.pk}/", "South": f"/{root.pk}/{south.pk}/", "North": f"/{root.pk}/{south.pk}/{north.pk}/",
        "A": f"/{root.pk}/{south.pk}/{north.pk}/{shop_a.pk}/",
    }  # fmt: skip
    with pytest.raises(Conflict) as refused:
        update_branch(actor=owner, branch=Branch.objects.get(pk=south.pk), parent=Branch.objects.get(pk=shop_a.pk))
    assert refused.value.code == "branch_cycle"


PAGES = ["users", "users/new", "roles", "roles/new", "branches", "branches/new", "teams", "teams/new"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["bn", "en"])
def test_settings_pages_open_for_the_owner_only(shop, client_as, page, language):
    assert client_as(shop.owner, language).get(f"/settings/{page}/").status_code == 200
    assert client_as(shop.agent, language).get(f"/settings/{page}/").status_code == 403


def test_staff_form_adds_somebody_and_shows_the_password_once(shop, client_as):
    client = client_as(shop.owner)
    data = {"username": "shila", "name_en": "Shila", "role": shop.agent.role_id, "branch": shop.branch.pk,
            "teams": [shop.team.pk], "language": "bn"}  # fmt: skip
    page = client.post("/settings/users/new/", data)
    assert page.status_code == 200
    user = User.objects.get(username="shila")
    shown = page.context["password"]
    assert user.check_password(shown)
    assert shown in page.content.decode()
    again = client.post("/settings/users/new/", data)
    assert "username" in again.context["form"].errors
    assert User.objects.filter(username="shila").count() == 1


def test_forms_of_roles_branches_and_teams_save(shop, client_as):
    client = client_as(shop.owner)
    role = {"name_en": "Night desk", "scope": "branch", "level": "1", "permissions": ["ticket.view", "work.view"]}
    assert client.post("/settings/roles/new/", role).status_code == 302
    assert Role.objects.get(name_en="Night desk").permissions == ["ticket.view", "work.view"]
    branch = {"name_en": "Second", "parent": shop.branch.pk, "time_zone": "Asia/Dhaka", "is_active": "on"}
    assert client.post("/settings/branches/new/", branch).status_code == 302
    assert Branch.objects.get(name_en="Second").path.startswith(shop.branch.path)
    team = {
        "name_en": "Workshop",
        "branch": shop.branch.pk,
        "lead": shop.lead.pk,
        "members": [shop.agent.pk],
        "is_active": "on",
    }
    assert client.post("/settings/teams/new/", team).status_code == 302
    assert set(Team.objects.get(name_en="Workshop").members.all()) == {shop.agent, shop.lead}
