"""A promised date moves, or comes near with nothing ready -> the customer hears it before, with an apology (C.3)."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.deliveries.choices import MoveReason
from halkhata.engines.deliveries.events import DeliveryAtRisk, DeliveryMoved
from halkhata.engines.deliveries.models import DeliveryPromise, DeliveryStep
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.customer_time import told_time
from halkhata.oversight.automation.letters import language_of
from halkhata.oversight.automation.news import tell
from halkhata.oversight.automation.working_hours import opening_from
from halkhata.records.privacy.selectors.erased import is_erased


@on(DeliveryMoved)
def tell_customer_of_moved_date(event: DeliveryMoved) -> None:
    """Only the last of several moves is told; who asked for it oneself needs no apology."""
    promise = _promise(event.promise_id)
    if promise is None or promise.state != "open" or promise.promised_for != event.promised_for:
        return
    step = DeliveryStep.objects.get(pk=event.step_id)
    item = _item(promise, f"delivery:{promise.pk}:{step.pk}")
    if item is None:
        return
    language = language_of(item)
    with translation.override(language):
        text = _why(step.reason)
        if step.note:
            text = f"{text} {step.note}".strip()
    tell(
        item, TemplateCode.MOVED, cause=f"delivery:{promise.pk}:moved:{step.pk}", text=text,
        promise=told_time(promise.promised_for, item=item, language=language),
    )  # fmt: skip


@on(DeliveryAtRisk)
def tell_customer_before_it_slips(event: DeliveryAtRisk) -> None:
    """It may be late, we are sorry, we call with a new time. Nothing when it was kept or moved meanwhile."""
    promise = _promise(event.promise_id)
    if promise is None or promise.state != "open" or promise.promised_for != event.promised_for:
        return
    item = _item(promise, f"delivery:{promise.pk}:risk:{promise.moves}")
    if item is None:
        return
    language = language_of(item)
    with translation.override(language):
        text = _("%(what)s may not be ready in time. We will tell you the new time.") % {"what": promise.what}
    tell(
        item, TemplateCode.MOVED, cause=f"delivery:{promise.pk}:risk:{promise.moves}", text=text,
        promise=told_time(promise.promised_for, item=item, language=language),
    )  # fmt: skip


def _promise(pk: int) -> DeliveryPromise | None:
    return DeliveryPromise.objects.select_related("customer", "branch", "owner", "item").filter(pk=pk).first()


def _item(promise: DeliveryPromise, cause: str) -> WorkItem | None:
    """What the letter is about: the piece of work, or for a sale a task to call the customer."""
    if promise.item_id is not None:
        return WorkItem.objects.select_related("customer", "branch", "team", "owner").get(pk=promise.item_id)
    if promise.customer is None or is_erased(promise.customer_id):
        return None
    with translation.override(promise.owner.language):
        subject = _("Call about the promised date: %(what)s (%(number)s)") % {
            "what": promise.what, "number": promise.purchase_ref,
        }  # fmt: skip
    return plan_task(
        actor=SYSTEM, kind="follow_up", subject=subject, customer=promise.customer, parent=None,
        branch=promise.branch, team=None, owner=promise.owner, planned_at=opening_from(promise.branch, now()),
        cause=cause, is_demo=promise.is_demo,
    )  # fmt: skip


def _why(reason: str) -> str:
    words = {
        MoveReason.PART: _("A spare part is missing."),
        MoveReason.SUPPLIER: _("Our supplier is late."),
        MoveReason.WORKLOAD: _("There is more work at once than we can do well."),
        MoveReason.MORE_FAULTS: _("More was broken than we could see at first."),
        MoveReason.TRANSPORT: _("The transport is late."),
        MoveReason.POWER: _("There was no power or network."),
        MoveReason.CUSTOMER: _("As you asked."),
    }
    return words.get(MoveReason(reason), "") if reason in MoveReason.values else ""
