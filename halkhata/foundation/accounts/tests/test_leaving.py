"""Somebody leaves in one click: work, sessions, keys, links; the list; taking it back."""

import pytest
from django.test import Client

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.foundation.accounts.models import ApiToken, Handover, User
from halkhata.foundation.accounts.services.leaving import take_back
from halkhata.foundation.accounts.services.links import find_link, make_link
from halkhata.foundation.accounts.services.staff import deactivate_staff, reactivate_staff
from halkhata.foundation.accounts.services.tokens import authenticate_token, create_token
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.foundation.core.registry import LeaverStep, leaver_steps


def ticket(shop, subject: str):
    return open_ticket(
        actor=shop.agent, subject=subject, description="", customer=None, channel="counter", branch=shop.branch,
        team=shop.team, owner=shop.agent, acknowledge=False,
    )  # fmt: skip


def test_one_click_ends_everything_and_gives_the_work_to_one_person(shop, client_as):
    first, second = ticket(shop, "Fridge"), ticket(shop, "Fan")
    history = list(WorkEvent.objects.filter(item_id=first.pk).order_by("pk").values_list("pk", "kind"))
    inside = client_as(shop.agent)
    _token, raw = create_token(actor=shop.agent, name="till", scopes=["ticket.view"])
    link = make_link(actor=shop.owner, user=shop.agent, purpose="password").split("/")[-2]
    answer = client_as(shop.owner).post(
        f"/settings/users/{shop.agent.pk}/leave/", {"to": "person", "successor": shop.agent2.pk}
    )
    handover = Handover.objects.get()
    assert answer["Location"] == f"/settings/users/{shop.agent.pk}/handover/{handover.pk}/"
    assert {(one["ref"], one["to_id"]) for one in handover.moved} == {
        (first.number, shop.agent2.pk), (second.number, shop.agent2.pk),
    }  # fmt: skip
    assert not WorkItem.objects.filter(owner=shop.agent).exists()
    assert inside.get("/me/").status_code == 302
    assert authenticate_token(raw) is None
    with pytest.raises(NotFound):
        find_link(link)
    # What was written about the ticket before stays, line by line.
    kept = list(WorkEvent.objects.filter(item_id=first.pk).order_by("pk").values_list("pk", "kind"))
    assert kept[: len(history)] == history
    assert AuditEntry.objects.get(action="staff.deactivate").after["handed_over"] == 2


def test_to_the_teams_goes_by_their_rule_and_never_back_to_the_leaver(shop):
    items = [ticket(shop, f"Case {number}") for number in range(4)]
    assert deactivate_staff(actor=shop.owner, user=shop.agent, by_team=True) == 4
    owners = set(WorkItem.objects.filter(pk__in=[one.pk for one in items]).values_list("owner_id", flat=True))
    assert shop.agent.pk not in owners
    assert owners == {shop.agent2.pk}


def test_list_is_shown_and_taking_it_back_returns_what_others_still_have(shop, client_as):
    kept, passed_on = ticket(shop, "Fridge"), ticket(shop, "Fan")
    deactivate_staff(actor=shop.owner, user=shop.agent, successor=shop.agent2)
    WorkItem.objects.filter(pk=passed_on.pk).update(owner=shop.lead)
    handover = Handover.objects.get()
    client = client_as(shop.owner)
    page = client.get(f"/settings/users/{shop.agent.pk}/handover/{handover.pk}/").content.decode()
    assert kept.number in page
    assert "Fridge" in page
    client.post(f"/settings/users/{shop.agent.pk}/handover/{handover.pk}/undo/")
    assert User.objects.get(pk=shop.agent.pk).is_active
    assert WorkItem.objects.get(pk=kept.pk).owner_id == shop.agent.pk
    assert WorkItem.objects.get(pk=passed_on.pk).owner_id == shop.lead.pk
    assert AuditEntry.objects.get(action="staff.handover_back").after == {
        "handover": handover.pk,
        "moved": 2,
        "back": 1,
    }
    with pytest.raises(Conflict):
        take_back(actor=shop.owner, handover=handover)


def test_all_or_nothing_when_a_step_fails(shop, client_as):
    item = ticket(shop, "Fridge")
    inside = client_as(shop.agent)

    def fails(**_kwargs):
        raise RuntimeError("broken step")

    leaver_steps.register("test-broken", LeaverStep(count=lambda user: 0, hand_over=fails))
    try:
        with pytest.raises(RuntimeError):
            deactivate_staff(actor=shop.owner, user=shop.agent, successor=shop.agent2)
    finally:
        del leaver_steps._entries["test-broken"]
    assert User.objects.get(pk=shop.agent.pk).is_active
    assert WorkItem.objects.get(pk=item.pk).owner_id == shop.agent.pk
    assert Handover.objects.count() == 0
    assert inside.get("/me/").status_code == 200


def test_subscriptions_end_even_when_there_is_no_open_work(shop):
    ended = []
    step = LeaverStep(count=lambda user: 0, hand_over=lambda **_kw: [], end=lambda *, leaver: ended.append(leaver.pk))
    leaver_steps.register("test-subscriptions", step)
    try:
        deactivate_staff(actor=shop.owner, user=shop.agent)
    finally:
        del leaver_steps._entries["test-subscriptions"]
    assert ended == [shop.agent.pk]


def test_hand_over_of_a_stranger_is_not_there(shop, client_as):
    deactivate_staff(actor=shop.owner, user=shop.agent)
    handover = Handover.objects.get()
    assert client_as(shop.manager).get(f"/settings/users/{shop.agent.pk}/handover/{handover.pk}/").status_code == 403
    owner = client_as(shop.owner)
    assert owner.get(f"/settings/users/{shop.agent2.pk}/handover/{handover.pk}/").status_code == 404


def test_keys_stay_dead_after_coming_back(shop):
    create_token(actor=shop.agent, name="till", scopes=["ticket.view"])
    deactivate_staff(actor=shop.owner, user=shop.agent)
    reactivate_staff(actor=shop.owner, user=shop.agent)
    assert ApiToken.objects.get().revoked_at is not None
    assert Client().post("/sign-in/", {"username": "rafi", "password": "nine plain words"}).status_code == 302
