"""Giving somebody who writes to another customer by hand, and taking it back (US-45)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import JoinedHow
from halkhata.engines.chat.models import ChatIdentity, ChatJoin, ChatMessage
from halkhata.engines.chat.policies import identities_visible_to
from halkhata.engines.messaging.models import Message
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import hold, update_item
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer


@transaction.atomic
def join(*, actor: User, identity: ChatIdentity, customer: Customer) -> ChatIdentity:
    """From now on this person is ``customer``; the matters they opened by chat move along.

    Raises PermissionRefused, NotFound, Conflict ``joined_already``.
    """
    person = _held(actor, identity)
    target = Customer.objects.visible_to(actor).filter(pk=customer.pk, merged_into__isnull=True).first()
    if target is None:
        raise _not_found()
    if person.customer_id == target.pk:
        raise Conflict("joined_already", _("This is the customer already."))
    return _move(actor, person, target, JoinedHow.HAND)


@transaction.atomic
def unjoin(*, actor: User, identity: ChatIdentity) -> ChatIdentity:
    """Take the last joining by hand back, with what moved along. Where there was none, the person becomes a customer
    of their own: the number or name had led to somebody else. Raises PermissionRefused, NotFound, Conflict.
    """
    person = _held(actor, identity)
    last = person.joins.select_for_update().filter(undone_at__isnull=True).first()
    if last is None or last.from_customer is None:
        if person.joined_how == JoinedHow.NEW:
            raise Conflict("own_already", _("This person is a customer of their own already."))
        own = create_customer(
            actor=actor,
            name_bn=str(person),
            branch=person.customer.branch if person.customer else person.account.branch,
            language=person.customer.language if person.customer else "bn",
            is_demo=person.account.is_demo,
        )
        return _move(actor, person, own, JoinedHow.NEW)
    back = last.from_customer.merged_into or last.from_customer
    _give(person, list(last.items), list(last.messages), back)
    last.undone_at = now()
    last.save(update_fields=["undone_at"])
    before = person.customer_id
    person.customer, person.joined_how = back, last.joined_how_before or JoinedHow.NEW
    person.save(update_fields=["customer", "joined_how"])
    record(actor=actor, action="chat.unjoin", record=back, before={"customer": before}, after={"person": str(person)})
    return person


def _move(actor: User, person: ChatIdentity, target: Customer, how: JoinedHow) -> ChatIdentity:
    before = person.customer
    wrote = ChatMessage.objects.filter(identity=person)
    old = wrote.filter(
        message__conversation__item__customer=before, message__conversation__item__channel=person.account.kind
    )
    items = sorted(set(old.values_list("message__conversation__item_id", flat=True)))
    messages = list(
        Message.objects.filter(conversation__item__in=items, customer=before)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    ChatJoin.objects.create(
        identity=person, from_customer=before, joined_how_before=person.joined_how, items=items, messages=messages,
        by=actor,
    )  # fmt: skip
    _give(person, items, messages, target)
    person.customer, person.joined_how = target, how
    person.save(update_fields=["customer", "joined_how"])
    record(
        actor=actor, action="chat.join", record=target, before={"customer": before.pk if before else None},
        after={"person": str(person), "items": len(items)},
    )  # fmt: skip
    return person


def _give(person: ChatIdentity, items: list[int], messages: list[int], target: Customer) -> None:
    """Move these rows, but only those that still are where the person is: what was moved on since stays."""
    here = person.customer
    for item in WorkItem.objects.filter(pk__in=items, customer=here).order_by("pk"):
        hold(item)
        update_item(item, customer_id=target.pk)
    Message.objects.filter(pk__in=messages, customer=here).update(customer=target)


def _held(actor: User, identity: ChatIdentity) -> ChatIdentity:
    require(actor, "customer.edit")
    if not identities_visible_to(actor).filter(pk=identity.pk).exists():
        raise _not_found()
    rows = ChatIdentity.objects.select_for_update(of=("self",)).select_related("account__branch", "customer__branch")
    return rows.get(pk=identity.pk)


def _not_found() -> NotFound:
    return NotFound("not_found", _("There is nothing here, or it is not for your role."))
