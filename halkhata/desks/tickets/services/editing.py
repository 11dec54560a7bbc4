"""Changing what a ticket itself says: subject, description, serial number, category, caller, impact and urgency."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import Impact, TicketState, Urgency
from halkhata.desks.tickets.events import TicketChanged
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.priority import priority_of, safety_words_in
from halkhata.desks.tickets.services.states import refreshed
from halkhata.engines.work.choices import Priority
from halkhata.engines.work.selectors.item_facts import without_product
from halkhata.engines.work.services.clocks import recompute
from halkhata.engines.work.services.items import change_priority, update_item
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.fields.services.tags import hang_tags
from halkhata.foundation.fields.services.values import fill_in

CHANGEABLE = ("subject", "description", "serial", "category", "caller_name", "impact", "urgency")
_OF_THE_SPINE = {"subject"}


def change_ticket(*, actor: User, ticket: Ticket, version: int | None = None, **changes: Any) -> Ticket:
    """Change any of CHANGEABLE, ``custom`` (fields of the shop's own) and ``tags``; what stays the same is not written.

    Impact and urgency set the priority anew (A52.9); words of danger in the new text make it urgent. Another category
    may bring another promise. Raises PermissionRefused, NotFound, Conflict (changed meanwhile; closed), DomainError.
    """
    custom, tags = changes.pop("custom", None), changes.pop("tags", None)
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    policies.require(actor, "ticket.edit", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        if locked.state == TicketState.CLOSED:
            raise Conflict("closed", _("This ticket is closed. Open a new one for the customer."))
        after = {name: value for name, value in _clean(changes).items() if value != getattr(locked, name)}
        if not after:
            _store_own(actor, locked, custom, tags)
            return refreshed(ticket)
        before = {name: getattr(locked, name) for name in after}
        words = safety_words_in(after.get("subject", locked.subject), after.get("description", locked.description))
        own = {name: value for name, value in after.items() if name not in _OF_THE_SPINE}
        if words != locked.safety_words:
            own["safety_words"] = words
        if own:
            Ticket.objects.filter(pk=locked.pk).update(**own)
        for name, value in own.items():
            setattr(locked, name, value)
        at = now()
        # Another number may be another product, and so another promise; read anew only where one was asked for.
        chosen_by_product = "serial" in after and locked.promise_facts is not None
        facts = {"promise_facts": without_product(locked)} if chosen_by_product else {}
        update_item(
            locked,
            last_activity_at=max(at, locked.last_activity_at),
            **{name: value for name, value in after.items() if name in _OF_THE_SPINE},
            **facts,
        )
        _set_priority(actor, locked, after, words)
        if "category" in after or chosen_by_product:
            recompute(locked, at=at)
        _store_own(actor, locked, custom, tags)
        record(actor=actor, action="ticket.update", record=locked, before=before, after=after)
        publish(TicketChanged(ticket_id=locked.pk, number=locked.number, fields=tuple(after)))
    return refreshed(ticket)


def _store_own(actor: User, ticket: Ticket, custom: dict[str, Any] | None, tags: Iterable[str] | None) -> None:
    """Fields of the shop's own and tags; with ``custom``, even empty, the shop's rules are asked."""
    if custom is not None:
        fill_in(actor=actor, target="ticket", record=ticket, values=custom)
    if tags is not None:
        hang_tags(actor=actor, target="ticket", record=ticket, names=tags)


def _set_priority(actor: User, ticket: Ticket, after: dict[str, Any], words: list[str]) -> None:
    if words:
        if "subject" in after or "description" in after or "impact" in after or "urgency" in after:
            change_priority(actor=actor, item=ticket, priority=Priority.URGENT, reason="safety")
    elif "impact" in after or "urgency" in after:
        change_priority(actor=actor, item=ticket, priority=priority_of(ticket.impact, ticket.urgency))


def _clean(changes: dict[str, Any]) -> dict[str, Any]:
    clean = dict(changes)
    if "subject" in clean:
        clean["subject"] = clean_text(clean["subject"], max_length=200)
        if not clean["subject"]:
            raise DomainError("subject_missing", _("Say in a few words what it is about."), field="subject")
    if "description" in clean:
        clean["description"] = clean_text(clean["description"], multiline=True)
    if "serial" in clean:
        clean["serial"] = clean_text(clean["serial"], max_length=60).upper()
    if "caller_name" in clean:
        clean["caller_name"] = clean_text(clean["caller_name"], max_length=120)
    for name, choices in (("impact", Impact), ("urgency", Urgency)):
        if name in clean and clean[name] not in choices.values:
            raise DomainError("unknown_priority", _("Choose impact and urgency from the list."), field=name)
    category = clean.get("category")
    if category is not None and not category.is_active:
        raise DomainError("unknown_category", _("Choose a category from the list."), field="category")
    return clean
