"""Short texts of reminders and recalls: in the customer's hours, once, where the customer takes them.

A due service and a recall are news about somebody's own unit, not an offer: no consent is needed (US-15 AC 4), but what
the customer stopped counts, and so do the night, the prayer times and the hours the customer asked for. That a contract
can be renewed is an offer to whoever has one: it goes until they say no to offers, and passes the checks of
messaging/services/send_checks.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from halkhata.desks.aftercare.choices import RecallState, ReminderKind, ReminderState, TextStanding
from halkhata.desks.aftercare.models import RecallUnit, Reminder
from halkhata.desks.aftercare.words import recall_words, text_words
from halkhata.engines.messaging.services.text_gate import rules_for, window_for
from halkhata.engines.messaging.services.texts import can_go, prepare_text
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose, TextState
from halkhata.engines.messaging.texting.hours import next_open, why_closed
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.clock import now
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.selectors.hours import clock_of
from halkhata.records.privacy.services.contacting import may_contact

# So long a text may stand in line before it is of no use: it must not arrive at night instead.
LONGEST = timedelta(hours=3)
_STEP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a text now; ``at``: when to look again, where it has to wait."""

    state: TextStanding
    at: datetime | None = None
    phone: str = ""
    until: datetime | None = None


def send_due_texts(limit: int = 200) -> int:
    """Prepare the texts whose time has come. Returns how many rows were settled; running it twice sends once."""
    at = now()
    done = 0
    for model, act in ((RecallUnit, _tell_recalled), (Reminder, _remind)):
        waiting = model._default_manager.filter(text_state=TextStanding.WAITING, text_at__lte=at)
        for pk in list(waiting.order_by("text_at", "pk").values_list("pk", flat=True)[:limit]):
            done += _one(act, pk)
    return done


@transaction.atomic
def _one(act: Callable[[int], bool], pk: int) -> bool:
    return act(pk)


def _remind(pk: int) -> bool:
    row = (
        Reminder.objects.select_for_update(of=("self",))
        .select_related("customer", "unit__product", "branch")
        .filter(pk=pk, text_state=TextStanding.WAITING)
        .first()
    )
    if row is None:
        return False
    if row.state != ReminderState.OPEN:
        Reminder.objects.filter(pk=pk).update(text_state=TextStanding.OFF)
        return True
    answer = ask(row.customer, row.branch)
    if answer.state == TextStanding.PREPARED:
        with translation.override(row.customer.language):
            words = text_words(
                kind=row.kind, step=row.step, product=row.unit.product.name, due_on=row.due_on,
                language=row.customer.language,
            )  # fmt: skip
        renews = row.kind == ReminderKind.RENEWAL
        purpose = TextPurpose.RENEW if renews else TextPurpose.NOTICE
        if not _prepare(row.customer, answer, words, f"reminder:{row.pk}", purpose):
            answer = Answer(TextStanding.REFUSED)
    Reminder.objects.filter(pk=pk).update(text_state=answer.state, text_at=answer.at or row.text_at)
    return answer.state != TextStanding.WAITING


def _tell_recalled(pk: int) -> bool:
    row = (
        RecallUnit.objects.select_for_update(of=("self",))
        .select_related("recall", "unit__product", "unit__owner", "unit__branch")
        .filter(pk=pk, text_state=TextStanding.WAITING)
        .first()
    )
    if row is None:
        return False
    owner = row.unit.owner
    if owner is None or not row.recall.is_open or row.state in {RecallState.DONE, RecallState.BOOKED}:
        RecallUnit.objects.filter(pk=pk).update(text_state=TextStanding.OFF)
        return True
    answer = ask(owner, row.unit.branch)
    if answer.state == TextStanding.PREPARED:
        with translation.override(owner.language):
            words = recall_words(
                text=row.recall.text, product=row.unit.product.name, stop_use=row.recall.stop_use
            )  # fmt: skip
        _prepare(owner, answer, words, f"recall:{row.pk}:{owner.pk}")
    RecallUnit.objects.filter(pk=pk).update(text_state=answer.state, text_at=answer.at or row.text_at)
    return answer.state != TextStanding.WAITING


def ask(customer: Customer, branch: Branch, at: datetime | None = None) -> Answer:
    """Whether a text about the customer's own unit may go now, by which number, or when to look again."""
    moment = at or now()
    points = customer.contact_points.filter(kind=ContactKind.PHONE)
    phone = points.order_by("-is_reachable", "-is_primary", "pk").values_list("value", flat=True).first()
    if not phone or not phone.startswith("+"):
        return Answer(TextStanding.NO_NUMBER)
    if not may_contact(customer, Purpose.SERVICE, ContactChannel.SMS, moment, address=phone):
        return Answer(TextStanding.REFUSED)
    clock = clock_of(customer.pk, phone=phone)
    window = window_for(rules_for(phone, moment), clock, branch)
    if why_closed(moment, clock.zones, window) is not None:
        opens = next_open(moment, clock.zones, window)
        return Answer(TextStanding.WAITING, opens) if opens is not None else Answer(TextStanding.REFUSED)
    until = moment
    while until < moment + LONGEST and why_closed(until + _STEP, clock.zones, window) is None:
        until += _STEP
    return Answer(TextStanding.PREPARED, phone=phone, until=until + timedelta(minutes=1))


def _prepare(
    customer: Customer, answer: Answer, words: str, cause: str, purpose: str = TextPurpose.NOTICE
) -> bool:  # fmt: skip
    """Whether it may go; what a rule refuses stands among the refused texts."""
    carried = can_go(item=None, customer=customer, channel=TextChannel.SMS, to_address=answer.phone)
    # The gate of what offers something looks at the hour itself when it leaves.
    until = answer.until if carried and purpose == TextPurpose.NOTICE else None
    prepared = prepare_text(
        customer=customer, channel=TextChannel.SMS, purpose=purpose, to_address=answer.phone, text=words,
        language=customer.language, cause=cause, expires_at=until,
    )  # fmt: skip
    return prepared.state != TextState.REFUSED
