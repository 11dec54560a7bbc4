"""What a person does with a short text that could not be placed (A52.1)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.arriving_choices import TextOutcome
from halkhata.engines.messaging.choices import RawState
from halkhata.engines.messaging.models import InboundText
from halkhata.engines.messaging.policies import texts_in_visible_to
from halkhata.engines.messaging.selectors.text_senders import people_of
from halkhata.engines.messaging.services.text_arriving import TextResult, process_text, settle_text
from halkhata.engines.messaging.services.text_placing import PlacedText, open_for_text, put_text_on
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.item_history import hold
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text


def release_text(*, actor: User, pk: int, item: WorkItem | None = None) -> WorkItem:
    """Put a waiting text on ``item``, or make a new ticket of it for whose number it is. Nothing automatic goes out.

    Raises PermissionRefused, NotFound, Conflict ``not_waiting`` and ``item_is_over``, DomainError ``no_number`` for a
    new ticket of a sender that nobody could call back.
    """
    require(actor, "messaging.quarantine")
    if item is not None and not WorkItem.objects.visible_to(actor).filter(pk=item.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    with transaction.atomic():
        row = _held(actor, pk)
        if item is not None:
            hold(item)
            if item.closed_at is not None or item.merged_into_id is not None:
                raise Conflict("item_is_over", _("That ticket is closed for good: nothing can be added to it."))
            message = put_text_on(row, item)
            placed = PlacedText(
                outcome=TextOutcome.REPLY_ADDED, item=item, customer_id=item.customer_id, message=message
            )
        else:
            if not row.number:
                raise DomainError("no_number", _("Nobody can answer this sender. Name the ticket it belongs to."))
            people = people_of(row.number)
            placed = open_for_text(row, people[0] if people else None, acknowledge=False)
        if placed.item is None:
            raise DomainError("not_set_up", _("There is no branch yet that could take this text."))
        settle_text(row, placed)
        record(actor=actor, action="text_in.release", record=row, after={"number": placed.item.number})
    return placed.item


def try_text_again(*, actor: User, pk: int) -> TextResult:
    """Process the text once more from the start, with all its tries. Raises Conflict when it is no longer waiting."""
    require(actor, "messaging.quarantine")
    with transaction.atomic():
        row = _held(actor, pk)
        row.state, row.outcome, row.reason, row.attempts = RawState.STORED, "", "", 0
        row.next_try_at, row.processed_at = now(), None
        row.save(update_fields=["state", "outcome", "reason", "attempts", "next_try_at", "processed_at"])
        record(actor=actor, action="text_in.try_again", record=row)
    return process_text(pk)


def set_text_aside(*, actor: User, pk: int, note: str) -> None:
    """Take the text out of the queue with a reason; it stays. Raises DomainError without a reason, Conflict."""
    require(actor, "messaging.quarantine")
    words = clean_text(note, max_length=200)
    if not words:
        raise DomainError("note_missing", _("Say in a few words why it needs no ticket."), field="note")
    with transaction.atomic():
        row = _held(actor, pk)
        row.state, row.set_aside_note, row.next_try_at = RawState.DISCARDED, words, None
        row.save(update_fields=["state", "set_aside_note", "next_try_at"])
        record(actor=actor, action="text_in.set_aside", record=row, note=words)


def _held(actor: User, pk: int) -> InboundText:
    row = texts_in_visible_to(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if row.state not in {RawState.QUARANTINED, RawState.STORED} or row.message_id is not None:
        raise Conflict("not_waiting", _("Somebody has dealt with this text already."))
    return row
