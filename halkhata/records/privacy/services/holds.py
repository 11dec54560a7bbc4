"""Legal holds: nothing of a customer is erased while somebody needs it as proof."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.models import LegalHold
from halkhata.records.privacy.policies import require_privacy


@transaction.atomic
def place_hold(*, actor: Any, customer: Customer, reason: str) -> LegalHold:
    """Hold a customer's data. Raises PermissionRefused, DomainError ``no_reason``, Conflict ``held_already``."""
    require_privacy(actor)
    words = clean_text(reason, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Say why the data must stay."), field="reason")
    try:
        with transaction.atomic():
            hold = LegalHold.objects.create(
                customer=customer, reason=words, placed_at=now(),
                placed_label=(actor.audit_label if actor is not None else "")[:150],
            )  # fmt: skip
    except IntegrityError:
        raise Conflict("held_already", _("A hold stands for this customer already.")) from None
    record(actor=actor, action="privacy.hold", record=hold, after={"customer": customer.pk, "reason": words})
    return hold


@transaction.atomic
def end_hold(*, actor: Any, hold: LegalHold) -> LegalHold:
    """Let the hold go. Raises PermissionRefused, Conflict ``not_held``."""
    require_privacy(actor)
    row = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if row.ended_at is not None:
        raise Conflict("not_held", _("This hold was ended already."))
    row.ended_at, row.ended_label = now(), (actor.audit_label if actor is not None else "")[:150]
    row.save(update_fields=["ended_at", "ended_label"])
    record(actor=actor, action="privacy.hold_ended", record=row)
    return row
