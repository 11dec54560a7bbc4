"""Appointing a neutral panel, stepping back, replacing (A60.4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import DisputeState, MemberState
from halkhata.desks.disputes.models import Dispute, Interest, Panel, PanelMember
from halkhata.desks.disputes.selectors.conflicts import Facts, facts_of, reasons_against, sort_reasons
from halkhata.desks.disputes.selectors.settings import house_law, needed_size
from halkhata.desks.disputes.services.locking import lock_dispute, refuse_unless
from halkhata.desks.disputes.services.moving import move
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer

_CHOOSING = (DisputeState.EVIDENCE, DisputeState.APPEALED)


class NotNeutral(DomainError):
    """Somebody is too near the case. ``data["reasons"]``: the codes; ``data["user"]``: who."""


def appoint_panel(
    *, actor: User, dispute: Dispute, reviewers: Sequence[User], overrides: Mapping[int, str] | None = None
) -> Panel:
    """Appoint one or three reviewers for this round; the first is the chair.

    ``overrides``: why somebody sits who is near the case, by user id; only where the law of the house allows it and
    with the right for it, and it is written down. Raises NotFound, PermissionRefused; Conflict ``wrong_state``,
    ``panel_stands``; DomainError ``bad_size``, ``needs_three``, ``twice``, NotNeutral ``not_neutral``.
    """
    policies.require(actor, policies.APPOINT, dispute)
    wanted = list(reviewers)
    if len({one.pk for one in wanted}) != len(wanted):
        raise DomainError("twice", _("Somebody is chosen twice."), field="reviewers")
    if len(wanted) not in {1, 3}:
        raise DomainError("bad_size", _("A panel has one member or three."), field="reviewers")
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *_CHOOSING)
        if len(wanted) < needed_size(held):
            raise DomainError(
                "needs_three", _("The law of the house asks for three members in this dispute."), field="reviewers"
            )
        if Panel.objects.filter(dispute=held, round=held.round).exists():
            raise Conflict("panel_stands", _("This round has its panel already. Replace a member instead."))
        at = now()
        panel = Panel.objects.create(
            dispute=held, round=held.round, size=len(wanted), appointed_by=actor, appointed_at=at
        )
        facts = facts_of(held)
        for place, one in enumerate(wanted):
            _seat(actor, held, panel, one, facts, (overrides or {}).get(one.pk, ""), is_chair=place == 0)
        record(
            actor=actor, action="dispute.appoint", record=held,
            after={"round": panel.round, "members": [one.audit_label for one in wanted]},
        )  # fmt: skip
    return panel


def replace_member(*, actor: User, dispute: Dispute, reviewer: User, override_why: str = "") -> PanelMember:
    """Fill the seat of somebody who stepped back. Raises as ``appoint_panel``, Conflict ``panel_full``."""
    policies.require(actor, policies.APPOINT, dispute)
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *_CHOOSING, DisputeState.UNDER_REVIEW)
        panel = Panel.objects.select_for_update().filter(dispute=held, round=held.round).first()
        if panel is None:
            raise Conflict("no_panel", _("Appoint the panel first."))
        sitting = panel.members.filter(state=MemberState.SITTING)
        if sitting.count() >= panel.size:
            raise Conflict("panel_full", _("No seat is free on this panel."))
        member = _seat(
            actor, held, panel, reviewer, facts_of(held), override_why,
            is_chair=not sitting.filter(is_chair=True).exists(),
        )  # fmt: skip
        record(actor=actor, action="dispute.replace", record=held, after={"member": reviewer.audit_label})
    return member


def recuse_member(*, actor: User, dispute: Dispute, user: User, why: str) -> PanelMember:
    """Somebody steps back, by himself or because he is asked to. Recorded for good; the seat is free for another.

    Raises NotFound, PermissionRefused, DomainError ``no_reason``, Conflict ``not_sitting``, ``wrong_state``.
    """
    policies.require(actor, policies.VIEW, dispute)
    if actor.pk != user.pk:
        policies.require(actor, policies.APPOINT, dispute)
    words = clean_text(why, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Say why: it stays in the record."), field="why")
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *_CHOOSING, DisputeState.UNDER_REVIEW)
        member = (
            PanelMember.objects.select_for_update()
            .filter(dispute=held, user=user, state=MemberState.SITTING, panel__round=held.round)
            .first()
        )
        if member is None:
            raise Conflict("not_sitting", _("This person does not sit on the panel."))
        member.state, member.left_at, member.left_why, member.is_chair = MemberState.RECUSED, now(), words, False
        member.save(update_fields=["state", "left_at", "left_why", "is_chair"])
        first = member.panel.members.filter(state=MemberState.SITTING).order_by("pk").first()
        if first is not None and not member.panel.members.filter(is_chair=True).exists():
            PanelMember.objects.filter(pk=first.pk).update(is_chair=True)
        Interest.objects.create(user=user, dispute=held, what=words, declared_by=actor, at=now())
        record(actor=actor, action="dispute.recuse", record=held, after={"member": user.audit_label, "why": words})
        notify(
            user=held.owner, verb="dispute.recused", item=held, data={"who": user.audit_label},
            cause=f"dispute:{held.pk}:recused:{member.pk}",
        )  # fmt: skip
    return member


def declare_interest(
    *, actor: User, user: User, what: str, dispute: Dispute | None = None, customer: Customer | None = None
) -> Interest:
    """Write down that somebody is near a case or a customer; he is refused for its panels from then on.

    Everybody declares for himself; who appoints panels also for others. A sitting member must step back.
    Raises PermissionRefused, NotFound, DomainError ``no_reason``, Conflict ``sits_already``.
    """
    policies.require(actor, policies.VIEW)
    if actor.pk != user.pk:
        policies.require(actor, policies.APPOINT)
    if dispute is not None and actor.pk != user.pk:
        policies.require(actor, policies.APPOINT, dispute)
    policies.require_about(actor, customer, None)
    words = clean_text(what, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Say what it is, in a few words."), field="what")
    with transaction.atomic():
        sits = PanelMember.objects.filter(user=user, state=MemberState.SITTING).exclude(
            dispute__state__in=[DisputeState.CLOSED, DisputeState.WITHDRAWN]
        )
        if dispute is not None and sits.filter(dispute=dispute).exists():
            raise Conflict("sits_already", _("Step back from the panel: that says the same and frees the seat."))
        interest = Interest.objects.create(
            user=user, dispute=dispute, customer=customer, what=words, declared_by=actor, at=now()
        )
        record(
            actor=actor, action="dispute.interest", record=dispute or interest,
            after={"who": user.audit_label, "what": words},
        )  # fmt: skip
    return interest


def begin_review(*, actor: User, dispute: Dispute, early_why: str = "", at: datetime | None = None) -> Dispute:
    """Lock the file and hand it to the panel.

    Before the days of evidence are over only with the reason (both sides said that they have nothing to add), which is
    written down. Raises NotFound, PermissionRefused; Conflict ``wrong_state``, ``no_panel``, ``evidence_runs``.
    """
    policies.require(actor, policies.APPOINT, dispute)
    words = clean_text(early_why, max_length=300)
    moment = at or now()
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *_CHOOSING)
        panel = Panel.objects.filter(dispute=held, round=held.round).first()
        sitting = [] if panel is None else list(panel.members.filter(state=MemberState.SITTING).select_related("user"))
        if panel is None or len(sitting) != panel.size:
            raise Conflict("no_panel", _("Every seat of the panel must be filled first."))
        if held.evidence_until is not None and moment < held.evidence_until and not words:
            raise Conflict(
                "evidence_runs",
                _("Both sides may still add to the file. Say why it begins earlier, if both have nothing to add."),
                field="early_why",
            )
        if words:
            Dispute.objects.filter(pk=held.pk).update(evidence_until=moment)
        move(actor=actor, dispute=held, to=DisputeState.UNDER_REVIEW, at=at, early=words, round=held.round)
        for member in sitting:
            notify(
                user=member.user, verb="dispute.to_review", item=held,
                cause=f"dispute:{held.pk}:review:{member.pk}",
            )  # fmt: skip
    dispute.refresh_from_db()
    return dispute


def _seat(
    actor: User, dispute: Dispute, panel: Panel, user: User, facts: Facts, why: str, *, is_chair: bool
) -> PanelMember:
    against = reasons_against(user, facts)
    words = clean_text(why, max_length=300)
    if against:
        _may_override(actor, user, against, words)
    member = PanelMember.objects.create(
        panel=panel, dispute=dispute, user=user, is_chair=is_chair, appointed_at=now(),
        override_reasons=sort_reasons(against), override_why=words if against else "",
        override_by=actor if against else None,
    )  # fmt: skip
    if against:
        record(
            actor=actor, action="dispute.override", record=dispute, note=words,
            after={"member": user.audit_label, "reasons": [one.code for one in against]},
        )  # fmt: skip
    return member


def _may_override(actor: User, user: User, against: list, why: str) -> None:
    codes = [one.code for one in against]
    refused = NotNeutral(
        "not_neutral",
        _("%(who)s cannot judge this dispute: %(why)s.")
        % {"who": user.name, "why": "; ".join(str(one.words) for one in against)},
        field="reviewers", reasons=codes, user=user.pk,
    )  # fmt: skip
    if any(one.is_final for one in against) or not why:
        raise refused
    if not house_law().allow_override:
        raise refused
    if not actor.may(policies.OVERRIDE):
        raise PermissionRefused(
            "forbidden", _("Your role does not allow this."), permission=policies.OVERRIDE, reasons=codes
        )
