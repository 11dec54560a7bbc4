"""Asking by SMS whether it is still solved, where the shop has chosen so instead of a call (A52.15)."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.choices import FollowUpBy
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.engines.messaging.selectors.text_senders import people_number
from halkhata.engines.messaging.services.text_news import put_text
from halkhata.engines.messaging.services.texts import can_go
from halkhata.engines.messaging.text_choices import TextChannel
from halkhata.engines.work.choices import StateFlag, TaskState
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import change_state
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.models import Installation

CODE = "follow_up"


def send_due_follow_ups(limit: int = 200) -> int:
    """Calls that are due now become texts where one can go; the others stay calls. Returns how many went."""
    if desk_rules().follow_up_by != FollowUpBy.TEXT:
        return 0
    due = WorkItem.objects.filter(
        kind="follow_up", cause__startswith="resolution:", planned_at__lte=now(), state=TaskState.NEW, is_demo=False,
        parent__state_flag=StateFlag.RESOLVED,
    )  # fmt: skip
    ids = list(due.order_by("planned_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(_text(pk) for pk in ids)


@transaction.atomic
def _text(pk: int) -> int:
    task = WorkItem.objects.select_for_update(of=("self",)).get(pk=pk)
    parents = WorkItem.objects.select_related("customer", "branch", "team", "owner")
    ticket = parents.filter(pk=task.parent_id or 0).first()
    if task.state != TaskState.NEW or ticket is None or ticket.customer is None:
        return 0
    number = people_number(ticket)
    if not number or not can_go(item=ticket, channel=TextChannel.SMS, to_address=number):
        return 0
    text = put_text(
        item=ticket, number=number, words=_words(ticket), cause=f"{task.cause}:sms", code=CODE,
        language=ticket.customer.language,
    )  # fmt: skip
    if text is None:
        return 0
    change_state(
        actor=SYSTEM, item=task, state=TaskState.CANCELLED, state_flag=StateFlag.RESOLVED, at=now(),
        data={"cancelled": True, "text": text.pk},
    )  # fmt: skip
    record(actor=SYSTEM, action="work.cancel", record=task, note="SMS")
    return 1


def _words(ticket: WorkItem) -> str:
    install, language = Installation.current(), ticket.customer.language if ticket.customer else "bn"
    digits = install.digits_in(language)
    number = format_ref(ticket.number, language="bn" if language == "bn" else "en", digits=digits)
    with translation.override(language):
        return _("%(number)s: is it still solved? If not, answer this SMS. %(shop)s") % {
            "number": number, "shop": install.name or ticket.branch.name,
        }  # fmt: skip
