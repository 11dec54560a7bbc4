"""Deciding where a short text goes: an answer an app waits for, a thread, a new ticket, or the visible queue."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.messaging.arriving_choices import TextOutcome
from halkhata.engines.messaging.arriving_registry import ArrivedText, TakenText, text_takers
from halkhata.engines.messaging.models import InboundText, Message
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.engines.messaging.selectors.text_senders import named_item, open_item_of, people_of, spoken_item
from halkhata.engines.messaging.services.arriving import DEFAULT_KIND, language_of
from halkhata.engines.messaging.services.conversations import add_customer_message, conversation_of
from halkhata.engines.messaging.services.loops import LOOP_LIMIT, LOOP_WINDOW, reopened_too_often
from halkhata.engines.messaging.services.offers_by_text import stops_offers, take_stop
from halkhata.engines.work.choices import Channel, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.clock import now
from halkhata.records.customers.choices import PreferredChannel
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.customers.services.locking import lock_values

SMS = SystemActor("SMS")
# A thread that has ended takes an answer for so long after the last text; later it is another matter.
GOES_ON = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class PlacedText:
    """Where a text went. ``needs_eyes``: it waits in the visible queue for a person."""

    outcome: str
    item: WorkItem | None = None
    customer_id: int | None = None
    message: Message | None = None
    reason: str = ""
    needs_eyes: bool = False


def place_text(row: InboundText) -> PlacedText:
    """Place the text in the caller's transaction. Raises nothing for what stands in it."""
    if not row.text:
        return _waits("empty")
    if not row.number:
        # A name, a short code: advertising, a bank, an operator. Nobody could be answered.
        return _waits("no_number")
    # One text of a number at a time: a stranger's first two cannot miss each other.
    lock_values([f"phone:{row.number}"])
    if _same_again(row):
        return PlacedText(outcome=TextOutcome.LOOP_STOPPED, reason="same_text_again", needs_eyes=True)
    people = people_of(row.number)
    arrived = ArrivedText(row=row, words=row.text, number=row.number, people=people)
    if stops_offers(row):
        return _shown(row, TakenText(outcome=TextOutcome.OFFERS_STOPPED, **take_stop(arrived)))
    for taker in sorted(text_takers, key=lambda one: one.order):
        taken = taker.take(arrived)
        if taken is not None:
            return _shown(row, taken)
    return place_message(row, people)


def place_message(row: InboundText, people: list[Customer]) -> PlacedText:
    """An ordinary message: to the ticket it names or that last spoke with the number, else a new one."""
    known = named_item(row.text, people) or spoken_item(row, people, since=now() - GOES_ON)
    if known is not None:
        if known.state_flag == StateFlag.RESOLVED and reopened_too_often(conversation_of(known)):
            return PlacedText(outcome=TextOutcome.LOOP_STOPPED, reason="same_text_again", needs_eyes=True)
        return _reply(row, known)
    return open_for_text(row, people[0] if people else None, may_belong_to=open_item_of(people))


def _reply(row: InboundText, known: WorkItem) -> PlacedText:
    desk = inbound_desks.get(known.kind)
    item = desk.target_for_reply(known, at=row.received_at, subject="", text=row.text)
    # What it was merged into goes on, too; a follow-up is opened by this very text.
    goes_on = item.pk == known.pk or item.opened_at != row.received_at
    message = _message(row, item, is_first=not goes_on)
    if goes_on:
        desk.after_customer_message(item, at=row.received_at)
    outcome = TextOutcome.REPLY_ADDED if goes_on else TextOutcome.TICKET_OPENED
    return PlacedText(outcome=outcome, item=item, customer_id=item.customer_id, message=message)


def open_for_text(
    row: InboundText,
    customer: Customer | None,
    *,
    actor: SystemActor = SMS,
    may_belong_to: WorkItem | None = None,
    acknowledge: bool = True,
) -> PlacedText:
    """Open the desk's item for a text, for whose number it is, who is written down if new."""
    branch = _branch_of(customer)
    if branch is None or inbound_desks.find(DEFAULT_KIND) is None:
        return _waits("not_set_up")
    if customer is None:
        customer = create_customer(
            actor=actor,
            phones=[row.number],
            language=language_of(row.text),
            branch=branch,
            preferred_channel=PreferredChannel.SMS.value,
            confirm_duplicate="SMS: the number is nobody's yet",
        )
    with translation.override(customer.language):
        item = inbound_desks.get(DEFAULT_KIND).open_item(
            actor=actor,
            kind=DEFAULT_KIND,
            customer=customer,
            branch=branch,
            team=None,
            channel=Channel.SMS,
            subject=_first_line(row.text) or _("Short text"),
            text=row.text,
            acknowledge=acknowledge,
            opened_at=row.received_at,
            may_belong_to=may_belong_to,
            is_demo=customer.is_demo,
        )
    message = _message(row, item, is_first=True)
    return PlacedText(outcome=TextOutcome.TICKET_OPENED, item=item, customer_id=customer.pk, message=message)


def put_text_on(row: InboundText, item: WorkItem) -> Message:
    """Put a text on an item because a person says so; the item's state stays."""
    return _message(row, item)


def _shown(row: InboundText, taken: TakenText) -> PlacedText:
    """What an app took stands in the thread, too, and wakes nothing there: it has its answer."""
    message = _message(row, taken.item, is_automatic=True) if taken.item is not None else None
    customer = taken.customer or (taken.item.customer if taken.item is not None else None)
    return PlacedText(
        outcome=taken.outcome, item=taken.item, customer_id=customer.pk if customer else None, message=message
    )


def _message(row: InboundText, item: WorkItem, *, is_first: bool = False, is_automatic: bool = False) -> Message:
    return add_customer_message(
        actor=SMS,
        item=item,
        channel=Channel.SMS,
        text=row.text,
        from_address=row.number or row.from_typed,
        author_label=item.customer.name if item.customer else "",
        at=row.received_at,
        is_first=is_first,
        is_automatic=is_automatic,
    )


def _same_again(row: InboundText) -> bool:
    """So many equal texts of one number within an hour are a machine talking to us."""
    earlier = InboundText.objects.filter(number=row.number, received_at__gt=now() - LOOP_WINDOW, pk__lt=row.pk)
    return earlier.filter(text=row.text)[:LOOP_LIMIT].count() >= LOOP_LIMIT


def _branch_of(customer: Customer | None) -> Branch | None:
    if customer is not None and customer.branch is not None and customer.branch.is_active:
        return customer.branch
    return Branch.objects.filter(parent__isnull=True, is_active=True).order_by("is_demo", "path").first()


def _first_line(text: str) -> str:
    return text.splitlines()[0][:120] if text else ""


def _waits(reason: str) -> PlacedText:
    return PlacedText(outcome=TextOutcome.QUARANTINED, reason=reason, needs_eyes=True)
