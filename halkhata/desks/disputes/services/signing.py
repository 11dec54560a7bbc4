"""Signing a decision, and correcting it later by a new entry (A60.5, US-28)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import DisputeState, Finding, MemberState, RecordKind, RemedyKind
from halkhata.desks.disputes.events import DecisionSigned
from halkhata.desks.disputes.models import Decision, DecisionRecord, Dispute, Remedy
from halkhata.desks.disputes.search_words import words_to_search
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.desks.disputes.services.chain import add_link
from halkhata.desks.disputes.services.deciding import LONGEST, TEXTS
from halkhata.desks.disputes.services.locking import lock_dispute
from halkhata.desks.disputes.services.moving import move
from halkhata.desks.disputes.services.offers import end_open_offers
from halkhata.desks.disputes.services.repeats import link_repetition
from halkhata.desks.disputes.services.seats import held_with_seat
from halkhata.desks.disputes.services.voting import count_votes
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import day_of


def sign_decision(*, actor: User, dispute: Dispute, version: int | None = None, at: datetime | None = None) -> Decision:
    """Sign: from here on nothing of it can be changed, not even in the database.

    The chair signs, after all have voted, with the majority's finding; who voted otherwise has said why. Raises
    NotFound, PermissionRefused ``not_on_panel``, ``not_chair``; Conflict ``wrong_state``, ``no_draft``, ``signed``,
    ``changed_meanwhile``, ``votes_missing``, ``no_majority``; DomainError at the field that is missing.
    """
    moment = at or now()
    with transaction.atomic():
        held, seat = held_with_seat(actor, dispute)
        if not seat.is_chair:
            raise PermissionRefused("not_chair", _("The chair of the panel signs."))
        decision = Decision.objects.select_for_update().filter(dispute=held, round=held.round).first()
        if decision is None:
            raise Conflict("no_draft", _("Write the decision first."))
        if decision.signed_at is not None:
            raise Conflict("signed", _("The decision is signed. A correction is a new entry."))
        if version is not None and decision.version != version:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
            )
        _check_whole(decision, moment)
        decision.votes = count_votes(seat, decision)
        decision.search_text = words_to_search(held, decision)
        decision.signed_at = max(moment, decision.written_at)
        decision.save()
        _follow(actor, held, decision, moment)
    dispute.refresh_from_db()
    return decision


def correct_decision(*, actor: User, dispute: Dispute, text_bn: str, text_en: str) -> DecisionRecord:
    """Add a correction to the record: a new entry, the decision itself stays as it was signed.

    A member of the panel that signed it may. Raises NotFound, PermissionRefused, Conflict ``not_signed``, DomainError.
    """
    policies.require(actor, policies.VIEW, dispute)
    bn, en = (clean_text(text, multiline=True, max_length=LONGEST) for text in (text_bn, text_en))
    for field, words in (("text_bn", bn), ("text_en", en)):
        if not words:
            raise DomainError("empty", _("Write it in both languages."), field=field)
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        decision = Decision.objects.filter(dispute=held, signed_at__isnull=False).order_by("-round").first()
        if decision is None:
            raise Conflict("not_signed", _("There is no signed decision yet."))
        if not decision.panel.members.filter(user=actor, state=MemberState.SITTING).exists():
            raise PermissionRefused("not_on_panel", _("Only the panel that decided corrects its decision."))
        link = add_link(
            actor=actor, dispute=held, kind=RecordKind.CORRECTION,
            payload={"decision": decision.pk, "round": decision.round, "text_bn": bn, "text_en": en},
        )  # fmt: skip
        record(actor=actor, action="dispute.correct", record=held, after={"n": link.n})
    return link


def _check_whole(decision: Decision, moment: datetime) -> None:
    for name in TEXTS:
        if not getattr(decision, name):
            raise DomainError(
                "text_missing", _("Facts, rule and reasons are needed in both languages before it is signed."),
                field=name,
            )  # fmt: skip
    if decision.remedy != RemedyKind.NONE:
        if decision.finding == Finding.REJECTED:
            raise DomainError("remedy_for_nothing", _("A complaint that is not upheld has no remedy."), field="remedy")
        if decision.deadline_on is None:
            raise DomainError("deadline_missing", _("Say by when it is done."), field="deadline_on")
        if decision.deadline_on < day_of(moment):
            raise DomainError("deadline_past", _("This day is past."), field="deadline_on")


def _follow(actor: User, dispute: Dispute, decision: Decision, moment: datetime) -> None:
    """What a signature brings about: the record, the days of appeal, the remedy, the repetition."""
    is_first = dispute.round == 1
    appeal_until = moment + timedelta(days=house_law().appeal_days) if is_first else None
    Dispute.objects.filter(pk=dispute.pk).update(
        decided_at=moment, appeal_until=appeal_until, root_cause=decision.root_cause, told_at=None, told_by=None,
        told_how="",
    )  # fmt: skip
    for name, value in (("decided_at", moment), ("appeal_until", appeal_until), ("root_cause", decision.root_cause)):
        setattr(dispute, name, value)
    dispute.told_at, dispute.told_by, dispute.told_how = None, None, ""
    end_open_offers(dispute)
    if not is_first:
        Remedy.objects.filter(dispute=dispute, done_at__isnull=True, lapsed_at__isnull=True).update(lapsed_at=moment)
    if decision.remedy != RemedyKind.NONE and decision.deadline_on is not None:
        Remedy.objects.create(
            dispute=dispute, decision=decision, kind=decision.remedy,
            amount=decision.amount, currency=decision.currency, owner=dispute.owner, due_on=decision.deadline_on,
        )  # fmt: skip
    add_link(actor=actor, dispute=dispute, kind=RecordKind.DECISION, payload=_payload(decision))
    record(
        actor=actor, action="dispute.sign", record=dispute,
        after={"decision": decision.pk, "finding": decision.finding, "remedy": decision.remedy},
    )  # fmt: skip
    move(actor=actor, dispute=dispute, to=DisputeState.DECIDED, at=moment, finding=decision.finding)
    link_repetition(actor=actor, dispute=dispute, at=moment)
    publish(
        DecisionSigned(dispute_id=dispute.pk, number=dispute.number, decision_id=decision.pk, is_demo=dispute.is_demo)
    )


def _payload(decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision.pk, "round": decision.round, "finding": decision.finding,
        "root_cause": decision.root_cause, "remedy": decision.remedy,
        "amount": None if decision.amount is None else str(decision.amount), "currency": decision.currency,
        "deadline_on": decision.deadline_on.isoformat() if decision.deadline_on else None,
        "signed_at": decision.signed_at.isoformat() if decision.signed_at else None,
        "votes": decision.votes, **{name: getattr(decision, name) for name in TEXTS},
    }  # fmt: skip
