"""Fair shares, nobody who is away, and never nobody."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from halkhata.engines.work.models import (
    Absence,
    AssignmentCursor,
    Notification,
    PersonSkill,
    Shift,
    Skill,
    SkillNeed,
    WorkItem,
    WorkProfile,
)
from halkhata.engines.work.registry import ItemKind, item_kinds
from halkhata.engines.work.selectors.given import why_given
from halkhata.engines.work.services import assignment
from halkhata.engines.work.services.assignment import METHODS, add_absence, choose_owner, set_method
from halkhata.engines.work.services.items import change_state
from halkhata.engines.work.services.leavers import hand_over_work, held_work
from halkhata.engines.work.services.ownership import assign_item, assign_items
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.records.customers.models import Customer

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


# ---------------------------------------------------------------------------------- skills, languages, ceilings, shifts
def skill(code, name_en, *people, team=None, category=""):
    row = Skill.objects.create(code=code, name_en=name_en)
    for person in people:
        PersonSkill.objects.create(user=person, skill=row)
    if team is not None or category:
        SkillNeed.objects.create(skill=row, team=team, category=category)
    return row


def profile(user, *, ceiling=None, languages=()):
    WorkProfile.objects.update_or_create(user=user, defaults={"ceiling": ceiling, "languages": list(languages)})


def test_work_goes_only_to_who_has_every_skill_of_team_and_category(shop, make_item, frozen):
    skill("inverter", "inverters", shop.agent, shop.agent2, team=shop.team)
    skill("fridge", "fridges", shop.agent2, category="fridge")
    assert {make_item(category="fridge").owner.username for _ in range(3)} == {"mitu"}
    assert owners(make_item, 2) == ["rafi", "rafi"]


def test_without_the_skill_the_lead_gets_it_and_it_is_said_why(shop, make_item, frozen):
    skill("inverter", "inverters", team=shop.team)
    profile(shop.agent, languages=["en"])
    profile(shop.agent2, languages=["en"])
    customer = Customer.objects.create(name_en="Karim", language="bn", branch=shop.branch)
    item = make_item(customer=customer)
    assert item.owner == shop.lead
    said = "Given to the lead: nobody on shift speaks Bengali and knows inverters."
    assert why_given(item.given_why) == said
    assert why_given(item.history.get(kind="opened").data["given_why"]) == said
    assign_item(actor=shop.lead, item=item, owner=shop.agent)
    assert WorkItem.objects.get(pk=item.pk).given_why is None


def test_only_what_kept_somebody_out_is_said(shop, make_item, frozen):
    skill("inverter", "inverters", team=shop.team)
    customer = Customer.objects.create(name_en="Karim", language="bn", branch=shop.branch)
    assert why_given(make_item(customer=customer).given_why) == "Given to the lead: nobody on shift knows inverters."
    PersonSkill.objects.create(user=shop.agent, skill=Skill.objects.get())
    profile(shop.agent, languages=["en"])
    profile(shop.agent2, languages=["en"])
    assert "speaks Bengali and knows inverters" in why_given(make_item(customer=customer).given_why)


def test_at_the_ceiling_one_is_passed_over_until_something_is_done(shop, make_item, frozen):
    profile(shop.agent, ceiling=1)
    profile(shop.agent2, ceiling=2)
    first = make_item(owner=shop.agent)
    assert owners(make_item, 3) == ["mitu", "mitu", "lead"]
    full = WorkItem.objects.order_by("-pk").first()
    assert why_given(full.given_why) == (
        "Given to the lead: all 2 on shift who could do it have as much as they may have."
    )
    change_state(actor=shop.agent, item=first, state="resolved", state_flag="resolved")
    assert owners(make_item, 2) == ["rafi", "lead"]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_rule_keeps_to_shift_ceiling_and_skill(shop, make_item, frozen, method):
    set_method(actor=shop.owner, team=shop.team, method=method)
    skill("inverter", "inverters", shop.agent, team=shop.team)
    profile(shop.agent, ceiling=1)
    assert owners(make_item, 2) == ["rafi", "lead"]


def test_off_shift_is_by_the_clock_of_the_branch(shop, make_item, frozen):
    # Sunday 10:00 in Dhaka is 04:00 UTC: a clock that counted in UTC would give these to mitu.
    Shift.objects.create(user=shop.agent, weekday=6, starts_minute=9 * 60, ends_minute=11 * 60)
    Shift.objects.create(user=shop.agent2, weekday=6, starts_minute=3 * 60, ends_minute=5 * 60)
    assert owners(make_item, 2) == ["rafi", "rafi"]
    frozen.shift(timedelta(hours=1))
    item = make_item()
    assert (item.owner, why_given(item.given_why)) == (
        shop.lead, "Given to the lead: nobody of the team is on shift.",
    )  # fmt: skip


def test_skill_first_takes_the_narrowest_specialist(shop, make_item, frozen):
    set_method(actor=shop.owner, team=shop.team, method=AssignmentCursor.SKILL_FIRST)
    skill("inverter", "inverters", shop.agent, shop.agent2, team=shop.team)
    skill("fridge", "fridges", shop.agent)
    assert owners(make_item, 3) == ["mitu", "mitu", "mitu"]


def test_inactive_skill_is_asked_of_nobody(shop, make_item, frozen):
    row = skill("inverter", "inverters", team=shop.team)
    Skill.objects.filter(pk=row.pk).update(is_active=False)
    assert make_item().owner.username in {"rafi", "mitu"}


def test_leavers_work_goes_by_the_same_rule(shop, make_item, frozen):
    item = make_item(owner=shop.agent)
    profile(shop.agent2, ceiling=1)
    make_item(owner=shop.agent2)
    shop.agent.is_active = False
    shop.agent.save()
    hand_over_work(actor=shop.owner, leaver=shop.agent, successor=None)
    item.refresh_from_db()
    assert item.owner == shop.lead
    assert why_given(item.given_why) == (
        "Given to the lead: the one on shift who could do it has as much as one may have."
    )


def opened_at_once(shop, count, open_one):
    """Open ``count`` items in threads that start together; the owners' names."""
    errors = []
    barrier = threading.Barrier(count)

    def work(number):
        try:
            barrier.wait(10)
            open_one(number)
        except Exception as error:  # shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    return WorkItem.objects.filter(owner=shop.agent).count()


def in_another_team(shop):
    """A second team of rafi's alone: its turn is another lock than the first team's."""
    team = Team.objects.create(code="workshop", name_en="Workshop", branch=shop.branch, lead=shop.lead)
    shop.agent.teams.add(team)
    for one in (shop.team, team):
        AssignmentCursor.objects.create(team=one)
    shop.agent2.teams.clear()
    profile(shop.agent, ceiling=2)
    return team


def slow_count(monkeypatch):
    """Everybody who has counted waits a moment before going on: the race, if there is one, is lost for certain."""
    counted = assignment.open_items_of

    def slowly(ids):
        found = counted(ids)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(assignment, "open_items_of", slowly)


def kinds_with_numbers_of_their_own(monkeypatch, count):
    """One kind for each thread: the lock of the number sequence must not be what keeps them apart."""
    for number in range(count):
        kind = ItemKind(code=f"race_{number}", label="", icon="ticket", prefix=f"R{number}", url_name="work:item")
        monkeypatch.setitem(item_kinds._entries, kind.code, kind)


@pytest.mark.django_db(transaction=True)
def test_ceiling_holds_when_two_teams_give_at_the_same_moment(shop, make_item, monkeypatch):
    teams = [shop.team, in_another_team(shop)]
    kinds_with_numbers_of_their_own(monkeypatch, 4)
    slow_count(monkeypatch)
    got = opened_at_once(shop, 4, lambda n: make_item(kind=f"race_{n}", team=teams[n % 2]))
    assert (got, WorkItem.objects.filter(owner=shop.lead).count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_guard_overruns_the_ceiling(shop, make_item, monkeypatch):
    teams = [shop.team, in_another_team(shop)]
    kinds_with_numbers_of_their_own(monkeypatch, 4)
    slow_count(monkeypatch)
    # The guard is: the ceiling's row is held until the item is written. Off: counted first, written afterwards.
    monkeypatch.setattr(assignment, "_hold_ceilings", lambda ids: dict.fromkeys(ids, 2))
    barrier = threading.Barrier(4)

    def open_one(number):
        owner = assignment.choose_owner(team=teams[number % 2], branch=shop.branch, at=now())
        barrier.wait(20)
        make_item(kind=f"race_{number}", team=teams[number % 2], owner=owner)

    assert opened_at_once(shop, 4, open_one) == 4
