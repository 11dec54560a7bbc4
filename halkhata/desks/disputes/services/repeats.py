"""The same root cause within 90 days: the earlier actions did not work and are open again (A60.8, US-29)."""

from datetime import datetime, timedelta

from halkhata.desks.disputes.choices import ActionState
from halkhata.desks.disputes.events import CauseRepeated
from halkhata.desks.disputes.models import Action, Dispute
from halkhata.desks.disputes.selectors.settings import REPEAT_DAYS
from halkhata.engines.work.selectors.ladder import manager_of
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.outbox import publish

# Days in which an action that is open again is to be done.
DAYS_TO_MEND = 7


def earlier_with_cause(dispute: Dispute, at: datetime) -> Dispute | None:
    """The newest dispute decided within 90 days before with the same root cause, about the same product.

    Where no unit is named on either side: in the same branch.
    """
    if not dispute.root_cause:
        return None
    rows = Dispute.objects.filter(
        root_cause=dispute.root_cause, decided_at__gte=at - timedelta(days=REPEAT_DAYS), decided_at__lte=at,
        is_demo=dispute.is_demo,
    ).exclude(pk=dispute.pk)  # fmt: skip
    if dispute.unit is not None:
        rows = rows.filter(unit__product=dispute.unit.product_id)
    else:
        rows = rows.filter(unit__isnull=True, branch=dispute.branch_id)
    return rows.order_by("-decided_at", "-pk").first()


def link_repetition(*, actor: Actor | None, dispute: Dispute, at: datetime) -> list[Action]:
    """Link a decided dispute back to the earlier one and open its ended actions again. Returns those.

    Must run in the transaction of the decision, with the dispute held.
    """
    earlier = earlier_with_cause(dispute, at)
    if earlier is None:
        return []
    Dispute.objects.filter(pk=dispute.pk).update(repeats=earlier)
    dispute.repeats = earlier
    today = day_at(dispute.branch, at)
    ended = Action.objects.select_for_update().filter(
        dispute=earlier, root_cause=dispute.root_cause, state__in=[ActionState.DONE, ActionState.EFFECTIVE]
    )
    reopened = []
    for action in ended.select_related("owner").order_by("pk"):
        before = action.state
        action.state, action.reopened_by, action.reopened_at = ActionState.REOPENED, dispute, at
        action.due_on = today + timedelta(days=DAYS_TO_MEND)
        action.save(update_fields=["state", "reopened_by", "reopened_at", "due_on"])
        record(
            actor=actor, action="dispute.action_reopened", record=action, before={"state": before},
            after={"state": action.state, "because": dispute.number},
        )  # fmt: skip
        reopened.append(action)
    _alarm(dispute, earlier, reopened, at)
    publish(
        CauseRepeated(
            dispute_id=dispute.pk, number=dispute.number, earlier_id=earlier.pk,
            actions=tuple(action.pk for action in reopened),
        )
    )  # fmt: skip
    return reopened


def _alarm(dispute: Dispute, earlier: Dispute, reopened: list[Action], at: datetime) -> None:
    people = {action.owner_id: action.owner for action in reopened}
    manager = manager_of(dispute.branch, at) or dispute.owner
    people[manager.pk] = manager
    for person in people.values():
        notify(
            user=person, verb="dispute.repeated", item=dispute, data={"earlier": earlier.number},
            cause=f"dispute:{dispute.pk}:repeats:{earlier.pk}:{person.pk}",
        )  # fmt: skip
