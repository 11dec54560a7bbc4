"""Fair shares, nobody who is away, and never nobody."""

from datetime import timedelta

import pytest

from halkhata.engines.work.models import Absence, AssignmentCursor, Notification, WorkItem
from halkhata.engines.work.services.assignment import add_absence, choose_owner, set_method
from halkhata.engines.work.services.leavers import hand_over_work, held_work
from halkhata.engines.work.services.ownership import assign_item, assign_items
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused

pytestmark = pytest.mark.django_db


def owners(make_item, count):
    return [make_item().owner.username for _number in range(count)]


def away(user, days=1):
    Absence.objects.create(user=user, starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(days=days))


def test_round_robin_takes_turns(shop, make_item, frozen):
    set_method(actor=shop.owner, team=shop.team, method=AssignmentCursor.ROUND_ROBIN)
    assert owners(make_item, 6) == ["rafi", "mitu"] * 3


def test_round_robin_goes_on_past_whoever_is_away(shop, make_item, frozen):
    set_method(actor=shop.owner, team=shop.team, method=AssignmentCursor.ROUND_ROBIN)
    away(shop.agent)
    assert owners(make_item, 2) == ["mitu", "mitu"]
    frozen.shift(timedelta(days=1))
    assert owners(make_item, 3) == ["rafi", "mitu", "rafi"]


def test_least_loaded_evens_out(shop, make_item, frozen):
    for _number in range(3):
        make_item(owner=shop.agent)
    assert owners(make_item, 5) == ["mitu", "mitu", "mitu", "rafi", "mitu"]
    assert WorkItem.objects.filter(owner=shop.agent).count() == WorkItem.objects.filter(owner=shop.agent2).count() == 4


def test_with_all_agents_away_the_lead_gets_it_then_the_manager_then_head_office(shop, make_item, frozen):
    for person, expected in (
        (shop.agent, "mitu"),
        (shop.agent2, "lead"),
        (shop.lead, "manager"),
        (shop.manager, "owner"),
    ):
        away(person)
        assert make_item().owner.username == expected


def test_with_everybody_away_it_is_still_somebodys(shop, frozen):
    for person in User.objects.all():
        away(person)
    assert choose_owner(team=shop.team, branch=shop.branch, at=now()) == shop.owner


def test_without_a_team_the_branch_manager_owns_it(shop, make_item, frozen):
    assert make_item(team=None).owner == shop.manager


def test_without_any_active_staff_it_is_said_so(shop, frozen):
    User.objects.update(is_active=False)
    with pytest.raises(DomainError, match="nobody_to_own"):
        choose_owner(team=shop.team, branch=shop.branch, at=now())


def test_somebody_who_left_gets_nothing(shop, make_item, frozen):
    shop.agent.is_active = False
    shop.agent.save()
    assert set(owners(make_item, 3)) == {"mitu"}
    with pytest.raises(DomainError, match="owner_inactive"):
        assign_item(actor=shop.owner, item=make_item(), owner=shop.agent)


def test_new_owner_is_told_once_and_not_by_himself(shop, make_item, frozen):
    item = make_item(owner=shop.agent)
    assign_item(actor=shop.lead, item=item, owner=shop.agent2)
    assign_item(actor=shop.lead, item=item, owner=shop.agent2)
    assign_item(actor=shop.lead, item=item, owner=shop.lead)
    assert list(Notification.objects.filter(verb="item.assigned").values_list("user__username", flat=True)) == ["mitu"]
    assert item.history.filter(kind="assigned").count() == 2
    assert item.version == 3


def test_bulk_with_one_foreign_item_changes_none(shop, make_item, frozen):
    shop.lead.role.scope = "own"
    shop.lead.role.save()
    mine, foreign = make_item(owner=shop.lead), make_item(owner=shop.agent)
    for ids in ([mine.pk, foreign.pk], [mine.pk, 10**9]):
        with pytest.raises(PermissionRefused):
            assign_items(actor=shop.lead, ids=ids, owner=shop.lead)
    shop.lead.role.scope = "branch"
    shop.lead.role.save()
    before = list(WorkItem.objects.order_by("pk").values())
    shop.agent2.role.scope = "own"
    shop.agent2.role.save()
    with pytest.raises(PermissionRefused):
        assign_items(actor=shop.agent2, ids=[mine.pk], owner=shop.agent)
    assert list(WorkItem.objects.order_by("pk").values()) == before
    assert assign_items(actor=shop.lead, ids=[mine.pk, foreign.pk], owner=shop.agent2) == 2
    assert set(WorkItem.objects.values_list("owner__username", flat=True)) == {"mitu"}


def test_leaver_hands_everything_unfinished_over(shop, make_item, frozen):
    make_item(owner=shop.agent)
    make_item(owner=shop.agent)
    assert held_work(shop.agent) == 2
    assert len(hand_over_work(actor=shop.owner, leaver=shop.agent, successor=shop.agent2)) == 2
    assert (held_work(shop.agent), held_work(shop.agent2)) == (0, 2)


def test_only_who_may_edit_settings_notes_others_absences(shop, frozen):
    span = {"starts_at": now(), "ends_at": now() + timedelta(days=1)}
    with pytest.raises(PermissionRefused):
        add_absence(actor=shop.agent, user=shop.agent2, **span)
    assert Absence.objects.count() == 0
    assert add_absence(actor=shop.agent, user=shop.agent, **span).pk
    with pytest.raises(DomainError, match="bad_span"):
        add_absence(actor=shop.owner, user=shop.agent, starts_at=now(), ends_at=now())
