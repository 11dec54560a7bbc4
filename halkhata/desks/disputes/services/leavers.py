"""Somebody leaves: remedies and actions go to others, and a seat on a panel is free for another."""

from typing import Any

from halkhata.desks.disputes.choices import ActionState, DisputeState, MemberState
from halkhata.desks.disputes.models import Action, PanelMember, Remedy
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.registry import HandedOver

_TO_DO = (ActionState.OPEN, ActionState.REOPENED)


def held_by(user: User) -> int:
    """How many remedies and actions this person still has to do, and on how many panels he sits."""
    return _remedies(user).count() + _actions(user).count() + _seats(user).count()


def hand_over(*, actor: Actor | None, leaver: User, successor: User | None) -> list[HandedOver]:
    """Give what is to be done to the successor, or (None) to whoever owns the dispute; free the seats.

    In the caller's transaction. Returns what went to whom; a seat goes to nobody by itself: a panel is appointed.
    """
    moved = []
    things: list[tuple[str, Any]] = [("remedy", one) for one in _remedies(leaver).order_by("pk")]
    things += [("action", one) for one in _actions(leaver).order_by("pk")]
    for name, thing in things:
        owner = successor or thing.dispute.owner
        if owner.pk == leaver.pk:
            continue
        thing.owner = owner
        thing.save(update_fields=["owner"])
        record(
            actor=SYSTEM, action=f"dispute.{name}_given", record=thing.dispute, before={"owner": leaver.audit_label},
            after={"owner": owner.audit_label},
        )  # fmt: skip
        moved.append(HandedOver(ref=f"{name}:{thing.pk}", label=str(thing)[:120], to_id=owner.pk, to=owner.audit_label))
    for seat in _seats(leaver).select_related("dispute__owner", "panel"):
        _free(seat, leaver)
    return moved


def give_back(*, leaver: User, moved: list[dict[str, Any]]) -> int:
    """Give back to somebody who returned what the new owners still have to do. Returns how much."""
    back = 0
    for one in moved:
        name, _colon, pk = str(one["ref"]).partition(":")
        rows: Any = Remedy.objects.filter(done_at__isnull=True, lapsed_at__isnull=True)
        if name == "action":
            rows = Action.objects.filter(state__in=_TO_DO)
        back += rows.filter(pk=pk, owner_id=one["to_id"]).update(owner=leaver)
    return back


def _free(seat: PanelMember, leaver: User) -> None:
    seat.state, seat.left_at, seat.left_why, was_chair = MemberState.RECUSED, now(), "left the house", seat.is_chair
    seat.is_chair = False
    seat.save(update_fields=["state", "left_at", "left_why", "is_chair"])
    if was_chair:
        first = seat.panel.members.filter(state=MemberState.SITTING).order_by("pk").first()
        if first is not None:
            PanelMember.objects.filter(pk=first.pk).update(is_chair=True)
    record(actor=SYSTEM, action="dispute.recuse", record=seat.dispute, after={"member": leaver.audit_label})
    notify(
        user=seat.dispute.owner, verb="dispute.recused", item=seat.dispute, data={"who": leaver.audit_label},
        cause=f"dispute:{seat.dispute_id}:recused:{seat.pk}",
    )  # fmt: skip


def _remedies(user: User) -> Any:
    rows = Remedy.objects.filter(owner=user, done_at__isnull=True, lapsed_at__isnull=True)
    return rows.select_related("dispute__owner")


def _actions(user: User) -> Any:
    return Action.objects.filter(owner=user, state__in=_TO_DO).select_related("dispute__owner")


def _seats(user: User) -> Any:
    return PanelMember.objects.filter(
        user=user, state=MemberState.SITTING, dispute__state__in=[
            DisputeState.EVIDENCE, DisputeState.UNDER_REVIEW, DisputeState.APPEALED,
        ],
    ).exclude(panel__decision__signed_at__isnull=False)  # fmt: skip
