"""Work of the dispute desk that nobody waits for."""

from datetime import timedelta

from halkhata.desks.disputes.choices import ENDED, ActionState, DisputeState
from halkhata.desks.disputes.models import Action, Dispute, Remedy, Visit
from halkhata.desks.disputes.services.holding import release_holds
from halkhata.desks.disputes.services.offers import expire_offers
from halkhata.desks.disputes.services.outside import remind_of_hearings
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.records.catalog.days import day_of


@task()
def look_after_disputes() -> int:
    """What a quarter of an hour brings: updates that are due, days of evidence that end, offers that run out.

    Returns how many things were told or ended. Running it twice tells nobody twice.
    """
    at, count = now(), expire_offers()
    due = Dispute.objects.filter(next_update_at__lte=at).exclude(state__in=ENDED).select_related("owner")
    for dispute in due.order_by("next_update_at", "pk")[:500]:
        assert dispute.next_update_at is not None
        notify(
            user=dispute.owner, verb="dispute.update_due", item=dispute,
            cause=f"dispute:{dispute.pk}:update:{dispute.next_update_at.isoformat()}",
        )  # fmt: skip
        count += 1
    ready = Dispute.objects.filter(
        state__in=[DisputeState.EVIDENCE, DisputeState.APPEALED], evidence_until__lte=at
    ).select_related("owner")
    for dispute in ready.order_by("evidence_until", "pk")[:500]:
        notify(
            user=dispute.owner, verb="dispute.evidence_over", item=dispute,
            cause=f"dispute:{dispute.pk}:evidence:{dispute.round}",
        )  # fmt: skip
        count += 1
    return count


@task()
def look_after_dispute_days() -> int:
    """What a day brings: hearings that come, remedies and actions that are due, holds that end. Returns how many."""
    at = now()
    today = day_of(at)
    count = remind_of_hearings(at) + release_holds(at)
    late = Remedy.objects.filter(due_on__lt=today, done_at__isnull=True, lapsed_at__isnull=True)
    for remedy in late.select_related("owner", "dispute").order_by("due_on", "pk")[:500]:
        notify(
            user=remedy.owner, verb="dispute.remedy_late", item=remedy.dispute,
            cause=f"remedy-late:{remedy.pk}:{remedy.due_on.isoformat()}:{remedy.owner_id}",
        )  # fmt: skip
        count += 1
    overdue = Action.objects.filter(due_on__lt=today, state__in=[ActionState.OPEN, ActionState.REOPENED])
    for action in overdue.select_related("owner", "dispute").order_by("due_on", "pk")[:500]:
        notify(
            user=action.owner, verb="dispute.action_late", item=action.dispute,
            cause=f"action-late:{action.pk}:{action.due_on.isoformat()}:{action.owner_id}",
        )  # fmt: skip
        count += 1
    to_check = Action.objects.filter(check_on__lte=today, state=ActionState.DONE)
    for action in to_check.select_related("dispute__owner").order_by("check_on", "pk")[:500]:
        notify(
            user=action.dispute.owner, verb="dispute.action_check", item=action.dispute,
            cause=f"action-check:{action.pk}:{action.check_on}",
        )  # fmt: skip
        count += 1
    Visit.objects.filter(requested_at__lt=at - timedelta(days=2)).delete()
    return count
