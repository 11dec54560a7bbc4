"""Who takes part in a conversation beside the customer (B66, B67).

An address gets in by an agent's click, or by a mail of the customer's own for which our mail server vouches (DMARC).
What any other mail names is only noted, so that an agent can decide.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import AddedHow
from halkhata.engines.messaging.mime.authentication import Proof
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.models import Conversation, Mailbox, Message, Participant
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.outgoing import mailbox_for
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.item_history import hold, record_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.emails import parse_email
from halkhata.records.customers.models import ContactPoint

# So many of one mail's addresses are looked at, and so many may take part.
MAX_NAMED = 10
MAX_PARTICIPANTS = 20


@dataclass(frozen=True, kw_only=True)
class Seat:
    """What a sender is in a conversation: the customer, or ``participant``."""

    participant: Participant | None = None


def seat_of(conversation: Conversation, address: str) -> Seat | None:
    """What ``address`` is in the conversation, None for a stranger.

    The customer is the address we write to or any other of the same customer's; others must have been added.
    """
    sender = address.strip().lower()
    if not sender:
        return None
    if conversation.customer_address.lower() == sender or sender in addresses_of_customer(conversation):
        return Seat()
    found = active_participants(conversation).filter(address=sender).first()
    return Seat(participant=found) if found else None


def active_participants(conversation: Conversation):
    """Those who take part now, in the order they were added."""
    return Participant.objects.filter(conversation=conversation, removed_at__isnull=True).exclude(how=AddedHow.ASKED)


def addresses_of_customer(conversation: Conversation) -> set[str]:
    """The e-mail addresses of the conversation's customer."""
    customer_id = conversation.item.customer_id
    if customer_id is None:
        return set()
    return set(
        ContactPoint.objects.filter(customer_id=customer_id, kind=ContactKind.EMAIL).values_list("value", flat=True)
    )


def note_named(*, message: Message, parsed: ParsedMail, proof: str, seat: Seat | None) -> None:
    """Look at whom a mail names beside us, in the transaction that takes it in.

    A mail of the customer's own that DMARC vouches for adds them. Of others they are noted as asked for, with no right
    to anything; of a mail that failed DMARC not even that.
    """
    if proof == Proof.FAIL or len(parsed.to) + len(parsed.cc) <= 1:
        return
    conversation = message.conversation
    is_customers_own = seat is not None and seat.participant is None and proof == Proof.PASS
    named = _others_named(conversation, parsed)
    known = {one.address: one for one in Participant.objects.filter(conversation=conversation)}
    for address, name in named:
        one = known.get(address)
        if one is None and len(known) < MAX_PARTICIPANTS:
            known[address] = Participant.objects.create(
                conversation=conversation,
                address=address,
                name=clean_text(name, max_length=150),
                how=AddedHow.CUSTOMER if is_customers_own else AddedHow.ASKED,
                added_label=clean_text(parsed.from_name or parsed.from_address, max_length=150),
                added_at=message.at,
                named_in=message,
            )
        elif one is not None and one.how == AddedHow.ASKED and one.removed_at is None and is_customers_own:
            one.how, one.added_at, one.named_in = AddedHow.CUSTOMER, message.at, message
            one.save(update_fields=["how", "added_at", "named_in"])


def note_sender(*, message: Message, parsed: ParsedMail, proof: str) -> None:
    """A person put the mail of somebody who takes no part here: note the sender as asked for."""
    try:
        address = parse_email(parsed.from_address).value
    except DomainError:
        return
    if proof == Proof.FAIL or User.objects.filter(is_active=True, email__iexact=address).exists():
        return
    Participant.objects.get_or_create(
        conversation=message.conversation,
        address=address,
        defaults={
            "name": clean_text(parsed.from_name, max_length=150),
            "how": AddedHow.ASKED,
            "added_label": clean_text(parsed.from_name or address, max_length=150),
            "added_at": message.at,
            "named_in": message,
        },
    )


def _others_named(conversation: Conversation, parsed: ParsedMail) -> list[tuple[str, str]]:
    own = {address.lower() for address in Mailbox.objects.values_list("address", flat=True)}
    customers = addresses_of_customer(conversation) | {conversation.customer_address.lower()}
    found: dict[str, str] = {}
    for name, address in (*parsed.cc, *parsed.to):
        try:
            value = parse_email(address).value
        except DomainError:
            continue
        if _bare(value) in own or value in customers or value == parsed.from_address.lower():
            continue
        found.setdefault(value, name)
    staff = set(User.objects.filter(is_active=True, email__in=list(found)).values_list("email", flat=True))
    return [(address, name) for address, name in found.items() if address not in staff][:MAX_NAMED]


def _bare(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def carry_participants(before: Conversation, after: Conversation) -> None:
    """Those who took part in the old conversation take part in the one that follows it."""
    for one in active_participants(before):
        Participant.objects.get_or_create(
            conversation=after,
            address=one.address,
            defaults={
                "name": one.name,
                "how": one.how,
                "added_by": one.added_by,
                "added_label": one.added_label,
                "added_at": one.added_at,
            },
        )


@transaction.atomic
def add_participant(*, actor: User, item: WorkItem, address: str, name: str = "") -> Participant:
    """Let somebody take part from now on: their mail comes into the ticket, and they can be chosen as recipients.

    They get nothing of what was written before. Raises PermissionRefused, NotFound, and DomainError ``invalid_email``,
    ``own_address``, ``is_customer``, ``too_many``.
    """
    _require(actor, item)
    hold(item)
    conversation, _made = Conversation.objects.select_related("item").get_or_create(
        item_id=item.pk, defaults={"mailbox": mailbox_for(item), "customer_address": customer_address(item.customer)}
    )
    value = parse_email(address).value
    if Mailbox.objects.filter(address=_bare(value)).exists():
        raise DomainError("own_address", _("This is the shop's own address."), field="address")
    if value == conversation.customer_address.lower() or value in addresses_of_customer(conversation):
        raise DomainError("is_customer", _("This is the customer, who takes part anyway."), field="address")
    one = Participant.objects.filter(conversation=conversation, address=value).first()
    if one is None and active_participants(conversation).count() >= MAX_PARTICIPANTS:
        raise DomainError("too_many", _("So many people cannot take part in one ticket."), field="address")
    one = one or Participant(conversation=conversation, address=value)
    was_active = one.pk is not None and one.removed_at is None and one.how != AddedHow.ASKED
    one.name = clean_text(name, max_length=150) or one.name
    if not was_active:
        one.how, one.added_by, one.added_label = AddedHow.AGENT, actor, actor.audit_label
        one.added_at, one.removed_at = now(), None
    one.save()
    if not was_active:
        record(actor=actor, action="participant.add", record=item, after={"address": value, "name": one.name})
        record_event(
            actor=actor,
            item=item,
            kind=WorkEventKind.NOTE,
            data={"participant": one.pk, "address": value, "added": True},
        )
    return one


@transaction.atomic
def remove_participant(*, actor: User, participant: Participant) -> None:
    """Take somebody out again, or refuse one who was asked for; what they wrote stays.

    Raises PermissionRefused, NotFound, and Conflict when somebody was faster.
    """
    item = participant.conversation.item
    _require(actor, item)
    hold(item)
    changed = Participant.objects.filter(pk=participant.pk, removed_at__isnull=True).update(removed_at=now())
    if not changed:
        raise Conflict("removed_already", _("This person takes no part any more."))
    record(actor=actor, action="participant.remove", record=item, before={"address": participant.address})
    if participant.how != AddedHow.ASKED:
        record_event(
            actor=actor,
            item=item,
            kind=WorkEventKind.NOTE,
            data={"participant": participant.pk, "address": participant.address, "added": False},
        )


def _require(actor: User, item: WorkItem) -> None:
    if not WorkItem.objects.visible_to(actor).filter(pk=item.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if not (actor.may("ticket.view") and actor.may("ticket.reply")):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
