"""Giving goodwill within a limit, asking for more, and deciding about what was asked (C.4, US-53)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.goodwill.choices import GoodwillState
from halkhata.engines.goodwill.events import GoodwillGranted
from halkhata.engines.goodwill.models import Goodwill, GoodwillLimit, GoodwillMonth
from halkhata.engines.goodwill.policies import can_decide, limit_of, require_ask, require_sight
from halkhata.engines.goodwill.registry import goodwill_kinds
from halkhata.engines.goodwill.selectors.deciders import who_may_give
from halkhata.engines.goodwill.selectors.fit import fit_of
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity

CENT = Decimal("0.01")


def grant_goodwill(
    *,
    actor: User,
    kind: str,
    item: WorkItem | None,
    customer: Customer,
    branch: Branch,
    reason: str,
    cost: Decimal,
    currency: str,
    is_demo: bool = False,
) -> Goodwill:
    """Waive a rule for a customer, within the limit of the actor's role and of the month.

    Raises PermissionRefused, NotFound (out of scope), DomainError ``unknown_goodwill``, ``reason_missing``,
    ``bad_cost``, and ``goodwill_over_limit`` (with ``per_case`` and ``left``): then ``ask_goodwill`` is the way.
    """
    require_ask(actor)
    words, worth = _checked(actor, kind, item, customer, reason, cost)
    with transaction.atomic():
        _spend(actor, worth, currency, branch)
        given = _write(actor, kind, item, customer, branch, words, worth, currency, is_demo, given=True)
        _tell(actor, given)
    return given


@transaction.atomic
def ask_goodwill(
    *,
    actor: User,
    kind: str,
    item: WorkItem | None,
    customer: Customer,
    branch: Branch,
    reason: str,
    cost: Decimal,
    currency: str,
    is_demo: bool = False,
) -> Goodwill:
    """Ask somebody whose limit holds it; the nearest such person in charge is told. Raises as ``grant_goodwill``."""
    require_ask(actor)
    words, worth = _checked(actor, kind, item, customer, reason, cost)
    asked = _write(actor, kind, item, customer, branch, words, worth, currency, is_demo, given=False)
    for user in who_may_give(asked):
        notify(user=user, verb="goodwill.asked", item=item, data=_notice(asked), cause=f"goodwill:{asked.pk}:asked")
    return asked


@transaction.atomic
def decide_goodwill(*, actor: User, goodwill: Goodwill, gives: bool, note: str = "") -> Goodwill:
    """Give what was asked for, or refuse it with a reason; the amount counts in the decider's own month.

    Nobody decides about their own asking. Raises PermissionRefused, NotFound, Conflict ``goodwill_decided``,
    DomainError ``goodwill_over_limit`` and ``reason_missing`` at ``note``.
    """
    require_ask(actor)
    held = Goodwill.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=goodwill.pk).first()
    if held is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if held.state != GoodwillState.ASKED:
        raise Conflict("goodwill_decided", _("Somebody has decided about this already."))
    if held.asked_by_id == actor.pk:
        raise PermissionRefused("own_asking", _("Somebody else must decide about what you asked for yourself."))
    words = clean_text(note, max_length=300)
    if not gives and not words:
        raise DomainError("reason_missing", _("Say why it is not given."), field="note")
    if gives:
        if not can_decide(actor, held):
            _over_limit(limit_of(actor), None)
        _spend(actor, held.cost, held.currency, held.branch)
    held.state = GoodwillState.GRANTED if gives else GoodwillState.REFUSED
    held.decided_by, held.decided_at, held.decision_note = actor, now(), words
    held.version += 1
    held.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "version"])
    record(
        actor=actor, action="goodwill.decide", record=held, before={"state": GoodwillState.ASKED},
        after={"state": held.state}, note=words,
    )  # fmt: skip
    verb = "goodwill.granted" if gives else "goodwill.refused"
    notify(user=held.asked_by, verb=verb, item=held.item, data=_notice(held), cause=f"goodwill:{held.pk}:decided")
    if gives:
        _tell(actor, held)
    return held


def _checked(
    actor: User, kind: str, item: WorkItem | None, customer: Customer, reason: str, cost: Decimal
) -> tuple[str, Decimal]:
    if goodwill_kinds.find(kind) is None:
        raise DomainError("unknown_goodwill", _("Choose from the list which rule is waived."), field="kind")
    require_sight(actor, customer=customer, item=item)
    words = clean_text(reason, max_length=300)
    if not words:
        raise DomainError("reason_missing", _("Say why the rule is waived."), field="reason")
    if not cost.is_finite() or cost < 0 or cost >= Decimal("1e12"):
        raise DomainError("bad_cost", _("Write what it costs the shop, like 500."), field="cost")
    return words, cost.quantize(CENT)


def _spend(actor: User, cost: Decimal, currency: str, branch: Branch) -> None:
    """Count ``cost`` in the actor's month. Two at once wait for each other; the table's own check is the last word."""
    limit = limit_of(actor)
    if limit is None or limit.currency != currency or cost > limit.per_case:
        _over_limit(limit, None)
    assert limit is not None
    month = _month_of(branch)
    GoodwillMonth.objects.get_or_create(
        user=actor, month=month, currency=currency, defaults={"ceiling": limit.per_month}
    )
    row = GoodwillMonth.objects.select_for_update().get(user=actor, month=month, currency=currency)
    spent = (row.spent + cost).quantize(CENT)
    if spent > limit.per_month:
        _over_limit(limit, limit.per_month - row.spent)
    try:
        with transaction.atomic():
            GoodwillMonth.objects.filter(pk=row.pk).update(spent=spent, ceiling=limit.per_month)
    except IntegrityError:
        _over_limit(limit, limit.per_month - row.spent)


def _over_limit(limit: GoodwillLimit | None, left: Decimal | None) -> None:
    raise DomainError(
        "goodwill_over_limit",
        _("This is more than your role may give, in one case or within this month. Ask for it instead."),
        field="cost",
        per_case=None if limit is None else str(limit.per_case),
        left=None if left is None else str(max(left, Decimal(0))),
    )


def _month_of(branch: Branch) -> date:
    return day_at(branch).replace(day=1)


def _write(
    actor: User,
    kind: str,
    item: WorkItem | None,
    customer: Customer,
    branch: Branch,
    reason: str,
    cost: Decimal,
    currency: str,
    is_demo: bool,
    *,
    given: bool,
) -> Goodwill:
    at = now()
    row = Goodwill.objects.create(
        kind=kind,
        item=item,
        customer=customer,
        branch=branch,
        reason=reason,
        cost=cost,
        currency=currency,
        state=GoodwillState.GRANTED if given else GoodwillState.ASKED,
        asked_by=actor,
        asked_at=at,
        decided_by=actor if given else None,
        decided_at=at if given else None,
        fit=fit_of(customer).as_values(),
        is_demo=is_demo or customer.is_demo,
    )
    record(
        actor=actor, action="goodwill.grant" if given else "goodwill.ask", record=row,
        after={"kind": kind, "cost": cost, "currency": currency, "item": item.number if item else ""}, note=reason,
    )  # fmt: skip
    return row


def _tell(actor: User, row: Goodwill) -> None:
    record_activity(
        customer=row.customer, verb="goodwill.granted", data={"kind": row.kind, "item": _number(row)},
        url=f"/goodwill/{row.pk}/", actor=actor,
    )  # fmt: skip
    publish(
        GoodwillGranted(
            goodwill_id=row.pk, kind=row.kind, customer_id=row.customer_id, branch_id=row.branch_id,
            item_id=row.item_id, cost=row.cost, currency=row.currency,
        )
    )  # fmt: skip


def _number(row: Goodwill) -> str:
    return row.item.number if row.item is not None else ""


def _notice(row: Goodwill) -> dict[str, Any]:
    return {"kind": row.kind, "cost": str(row.cost), "currency": row.currency, "goodwill": row.pk}
