"""Telling the customer, closing, withdrawing, appealing (A60.2, A60.6, A60.7)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import ARGUED, DisputeState, ToldHow
from halkhata.desks.disputes.models import Dispute, Remedy
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.desks.disputes.services.locking import lock_dispute, refuse_unless
from halkhata.desks.disputes.services.moving import move
from halkhata.desks.disputes.services.news import end_news, plan_next_news
from halkhata.desks.disputes.services.offers import end_open_offers
from halkhata.engines.messaging.services import conversations
from halkhata.engines.work.services.items import update_item
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile

_OUTCOMES = (DisputeState.DECIDED, DisputeState.REMEDY, DisputeState.SETTLED)


def tell_customer(
    *,
    actor: User,
    dispute: Dispute,
    how: str,
    text: str,
    is_outcome: bool = False,
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
) -> Dispute:
    """Give the customer news: by mail, or written down when said by phone or in person.

    It keeps the promise of the next update and sets the following one. ``is_outcome``: this told how it ended; without
    it the dispute cannot be closed. Raises NotFound, PermissionRefused; Conflict ``wrong_state`` (an outcome before
    there is one); DomainError ``bad_how``, ``empty``, ``no_address``.
    """
    policies.require_handling(actor, dispute)
    if how not in ToldHow.values:
        raise DomainError("bad_how", _("Say how the customer was told."), field="how")
    words = clean_text(text, multiline=True, max_length=20_000)
    if not words:
        raise DomainError("empty", _("Write what the customer is told."), field="text")
    moment = at or now()
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        if held.state in {DisputeState.CLOSED, DisputeState.WITHDRAWN}:
            refuse_unless(held, *_OUTCOMES)
        if is_outcome:
            refuse_unless(held, *_OUTCOMES)
        if how == ToldHow.EMAIL:
            conversations.send_reply(actor=actor, item=held, text=words, files=files, at=at)
        else:
            conversations.log_call(actor=actor, item=held, outbound=True, answered=True, text=words, at=at)
        plan_next_news(actor=actor, dispute=held, at=moment)
        if is_outcome:
            Dispute.objects.filter(pk=held.pk).update(told_at=moment, told_how=how, told_by=actor)
        record(actor=actor, action="dispute.told", record=held, after={"how": how, "outcome": is_outcome})
        held.refresh_from_db()
        owed = Remedy.objects.filter(dispute=held, done_at__isnull=True, lapsed_at__isnull=True)
        if is_outcome and held.state == DisputeState.DECIDED and owed.exists():
            move(actor=actor, dispute=held, to=DisputeState.REMEDY, at=at)
    dispute.refresh_from_db()
    return dispute


def close_dispute(*, actor: User, dispute: Dispute, version: int | None = None, at: datetime | None = None) -> Dispute:
    """Close it: every remedy is executed and the customer told. The database asks the same.

    Raises NotFound, PermissionRefused; Conflict ``wrong_state``, ``remedies_owed``, ``not_told``, ``appeal_runs``.
    """
    policies.require_handling(actor, dispute)
    with transaction.atomic():
        held = lock_dispute(dispute.pk, version=version)
        refuse_unless(held, *_OUTCOMES)
        owed = Remedy.objects.filter(dispute=held, done_at__isnull=True, lapsed_at__isnull=True).count()
        if owed:
            raise Conflict("remedies_owed", _("A remedy is still owed: the dispute closes after the last one."))
        if held.told_at is None:
            raise Conflict("not_told", _("Write down first who told the customer how it ended, and when."))
        move(actor=actor, dispute=held, to=DisputeState.CLOSED, at=at)
        end_news(actor=actor, dispute=held)
    dispute.refresh_from_db()
    return dispute


def withdraw_dispute(*, actor: Actor | None, dispute: Dispute, why: str, at: datetime | None = None) -> Dispute:
    """The customer does not want to go on. Raises NotFound, PermissionRefused, Conflict, DomainError ``no_reason``."""
    policies.require_handling(actor, dispute)
    words = clean_text(why, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Write what the customer said."), field="why")
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *ARGUED)
        end_open_offers(held)
        move(actor=actor, dispute=held, to=DisputeState.WITHDRAWN, at=at, why=words)
        end_news(actor=actor, dispute=held)
    dispute.refresh_from_db()
    return dispute


def appeal_dispute(*, actor: Actor | None, dispute: Dispute, text: str, at: datetime | None = None) -> Dispute:
    """The customer appeals, once, within the days after the decision; other people decide (A60.7).

    Raises NotFound, PermissionRefused; Conflict ``wrong_state``, ``appealed_already``, ``appeal_over``; DomainError.
    """
    policies.require_handling(actor, dispute)
    words = clean_text(text, multiline=True, max_length=20_000)
    if not words:
        raise DomainError("empty", _("Write why the decision is not right."), field="text")
    moment = at or now()
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        if held.round == 2:
            raise Conflict("appealed_already", _("There is one appeal, and it was heard."))
        refuse_unless(held, DisputeState.DECIDED, DisputeState.REMEDY, DisputeState.CLOSED)
        if held.appeal_until is None or moment > held.appeal_until:
            raise Conflict("appeal_over", _("The days for an appeal are over."), until=held.appeal_until)
        until = moment + timedelta(days=house_law().evidence_days)
        Dispute.objects.filter(pk=held.pk).update(
            round=2, appealed_at=moment, appeal_text=words, evidence_until=until, appeal_until=None, told_at=None,
            told_by=None, told_how="",
        )  # fmt: skip
        held.refresh_from_db()
        update_item(held, last_activity_at=max(held.last_activity_at, moment))
        record(actor=actor, action="dispute.appeal", record=held, after={"text": words})
        move(actor=actor, dispute=held, to=DisputeState.APPEALED, at=at)
        if getattr(actor, "pk", None) != held.owner_id:
            notify(user=held.owner, verb="dispute.appealed", item=held, cause=f"dispute:{held.pk}:appealed")
    dispute.refresh_from_db()
    return dispute
