"""Remedies for this customer, and actions so that it does not come again (A60.6, A60.8)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import ActionKind, ActionState, DisputeState, Ground, RemedyKind
from halkhata.desks.disputes.models import Action, Dispute, Remedy
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.desks.disputes.services.deciding import money_of
from halkhata.desks.disputes.services.locking import lock_dispute, refuse_unless
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text

_OWED_IN = (DisputeState.DECIDED, DisputeState.REMEDY, DisputeState.SETTLED)


def plan_remedy(
    *, actor: User, dispute: Dispute, kind: str, what: str, owner: User, due_on: date, amount: Any = None,
    currency: str = "BDT",
) -> Remedy:  # fmt: skip
    """Write down one more thing that the decision or the agreement asks for.

    Raises NotFound, PermissionRefused, Conflict ``wrong_state``, DomainError ``bad_kind``, ``owner_inactive``.
    """
    policies.require_handling(actor, dispute)
    if kind not in RemedyKind.values or kind == RemedyKind.NONE:
        raise DomainError("bad_kind", _("Choose one from the list."), field="kind")
    money = money_of(kind, amount)
    _active(owner)
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *_OWED_IN)
        decision = held.decisions.filter(signed_at__isnull=False).order_by("-round").first()
        offer = held.offers.filter(state="accepted").first()
        remedy = Remedy.objects.create(
            dispute=held, decision=decision, offer=offer if decision is None else None, kind=kind,
            what=clean_text(what, max_length=300), amount=money, owner=owner, due_on=due_on,
            currency=clean_text(currency, max_length=3).upper() if money is not None else "",
        )  # fmt: skip
        record(actor=actor, action="dispute.remedy", record=held, after={"remedy": remedy.pk, "due_on": due_on})
        _tell(owner, actor, held, "dispute.remedy_given", remedy.pk)
    return remedy


def give_remedy(*, actor: User, remedy: Remedy, owner: User, due_on: date) -> Remedy:
    """Give it to somebody, by another day. Raises NotFound, PermissionRefused, Conflict ``done``, DomainError."""
    policies.require_handling(actor, remedy.dispute)
    _active(owner)
    with transaction.atomic():
        held, row = _held_remedy(remedy)
        before = {"owner": row.owner.audit_label, "due_on": row.due_on}
        row.owner, row.due_on = owner, due_on
        row.save(update_fields=["owner", "due_on"])
        record(
            actor=actor, action="dispute.remedy_given", record=held, before=before,
            after={"owner": owner.audit_label, "due_on": due_on},
        )  # fmt: skip
        _tell(owner, actor, held, "dispute.remedy_given", row.pk)
    return row


def finish_remedy(*, actor: User, remedy: Remedy, note: str = "", at: datetime | None = None) -> Remedy:
    """It was done. Its owner may say so, and who handles the dispute.

    Raises NotFound, PermissionRefused, Conflict ``done``, ``wrong_state``.
    """
    if actor.pk == remedy.owner_id:
        policies.require(actor, policies.VIEW)
    else:
        policies.require_handling(actor, remedy.dispute)
    with transaction.atomic():
        held, row = _held_remedy(remedy)
        refuse_unless(held, *_OWED_IN)
        row.done_at, row.done_by, row.done_note = at or now(), actor, clean_text(note, max_length=300)
        row.save(update_fields=["done_at", "done_by", "done_note"])
        record(actor=actor, action="dispute.remedy_done", record=held, after={"remedy": row.pk, "note": row.done_note})
    return row


def plan_action(
    *, actor: User, dispute: Dispute, kind: str, what: str, owner: User, due_on: date, root_cause: str = ""
) -> Action:
    """Write down what is changed in the house. Raises NotFound, PermissionRefused, DomainError."""
    policies.require_handling(actor, dispute)
    if kind not in ActionKind.values:
        raise DomainError("bad_kind", _("Choose one from the list."), field="kind")
    words = clean_text(what, max_length=300)
    if not words:
        raise DomainError("empty", _("Say what is to be changed."), field="what")
    _active(owner)
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        cause = root_cause or held.root_cause or held.ground
        if cause not in Ground.values:
            raise DomainError("bad_cause", _("Choose one from the list."), field="root_cause")
        action = Action.objects.create(
            dispute=held, kind=kind, what=words, root_cause=cause, owner=owner, due_on=due_on,
            product_id=held.unit.product_id if held.unit is not None else None,
        )  # fmt: skip
        record(actor=actor, action="dispute.action", record=held, after={"action": action.pk, "what": words})
        _tell(owner, actor, held, "dispute.action_given", action.pk)
    return action


def finish_action(*, actor: User, action: Action, note: str, at: datetime | None = None) -> Action:
    """It was done; whether it works is looked at on a day the law of the house sets.

    Raises NotFound, PermissionRefused, DomainError ``empty``, Conflict ``done``.
    """
    _may_touch(actor, action)
    words = clean_text(note, max_length=300)
    if not words:
        raise DomainError("empty", _("Say in a few words what was done."), field="note")
    moment = at or now()
    with transaction.atomic():
        row = _held_action(action)
        if row.state not in {ActionState.OPEN, ActionState.REOPENED}:
            raise Conflict("done", _("This is done already."))
        today = day_at(row.dispute.branch, moment)
        row.state, row.done_at, row.done_note = ActionState.DONE, moment, words
        row.check_on = today + timedelta(days=house_law().check_days)
        row.save(update_fields=["state", "done_at", "done_note", "check_on"])
        record(actor=actor, action="dispute.action_done", record=row.dispute, after={"action": row.pk, "note": words})
    return row


def check_action(*, actor: User, action: Action, works: bool, note: str, at: datetime | None = None) -> Action:
    """Did it work? If not, it is to be done again. Not by whoever did it.

    Raises NotFound, PermissionRefused ``own_work``, DomainError ``empty``, Conflict ``not_done``.
    """
    policies.require_handling(actor, action.dispute)
    words = clean_text(note, max_length=300)
    if not words:
        raise DomainError("empty", _("Say by what you see it."), field="note")
    moment = at or now()
    with transaction.atomic():
        row = _held_action(action)
        if row.state != ActionState.DONE:
            raise Conflict("not_done", _("There is nothing to check yet."))
        if row.owner_id == actor.pk:
            raise DomainError("own_work", _("Somebody else looks whether it worked."), field="note")
        row.checked_at, row.check_note = moment, words
        row.state = ActionState.EFFECTIVE if works else ActionState.REOPENED
        if not works:
            row.reopened_at = moment
        row.save(update_fields=["checked_at", "check_note", "state", "reopened_at"])
        record(
            actor=actor, action="dispute.action_checked", record=row.dispute, after={"action": row.pk, "works": works}
        )
    return row


def _held_remedy(remedy: Remedy) -> tuple[Dispute, Remedy]:
    held = lock_dispute(remedy.dispute_id)
    row = Remedy.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=remedy.pk).first()
    if row is None:
        raise NotFound("not_found", policies.NOT_HERE)
    if row.done_at is not None or row.lapsed_at is not None:
        raise Conflict("done", _("This is done already, or not owed any more."))
    return held, row


def _held_action(action: Action) -> Action:
    row = (
        Action.objects.select_for_update(of=("self",))
        .select_related("owner", "dispute__branch")
        .filter(pk=action.pk)
        .first()
    )
    if row is None:
        raise NotFound("not_found", policies.NOT_HERE)
    return row


def _may_touch(actor: User, action: Action) -> None:
    if actor.pk == action.owner_id:
        policies.require(actor, policies.VIEW)
    else:
        policies.require_handling(actor, action.dispute)


def _active(owner: User) -> None:
    if not owner.is_active:
        raise DomainError("owner_inactive", _("This member of staff may no longer sign in."), field="owner")


def _tell(owner: User, actor: User, dispute: Dispute, verb: str, pk: int) -> None:
    if owner.pk != actor.pk:
        notify(user=owner, verb=verb, item=dispute, cause=f"{verb}:{pk}:{owner.pk}")
