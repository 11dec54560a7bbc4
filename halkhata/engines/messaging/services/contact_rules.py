"""Changing how often and when customers hear from us without a matter of their own (E.14, E.5)."""

from datetime import time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import ContactRules
from halkhata.engines.messaging.selectors.contact_rules import Rules, contact_rules
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader

# The database keeps to it, too.
LEAST, MOST = 1, 50


def save_contact_rules(
    *,
    actor: User,
    a_week: int,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    version: int | None = None,
) -> Rules:
    """Set the rules; they hold from now on, also for what stands in line. Both times, or none for no quiet hours.

    Raises PermissionRefused, DomainError ``out_of_bounds`` and ``no_span`` at their fields, Conflict
    ``changed_meanwhile``.
    """
    require(actor, "settings.edit")
    if not LEAST <= a_week <= MOST:
        digits = current_reader().digits
        values = {"lowest": show_digits(str(LEAST), digits=digits), "highest": show_digits(str(MOST), digits=digits)}
        raise DomainError(
            "out_of_bounds", _("Write a number from %(lowest)s to %(highest)s.") % values, field="a_week"
        )  # fmt: skip
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_until" if quiet_until is None else "quiet_from"
        raise DomainError("no_span", _("Write both times, or none."), field=missing)
    if quiet_from is not None and quiet_from == quiet_until:
        raise DomainError("no_span", _("The two times must differ."), field="quiet_until")
    with transaction.atomic():
        ContactRules.objects.get_or_create(pk=1)
        row = ContactRules.objects.select_for_update().get(pk=1)
        if version is not None and row.version != version:
            raise Conflict("changed_meanwhile", _("Somebody else changed this meanwhile. Please look at it again."))
        before = _shown(row)
        row.a_week, row.quiet_from, row.quiet_until = a_week, quiet_from, quiet_until
        row.version += 1
        row.save()
        record(actor=actor, action="contact_rules.save", record=row, before=before, after=_shown(row))
    return contact_rules()


def _shown(row: ContactRules) -> dict[str, str | int]:
    spans = row.quiet_from is not None and row.quiet_until is not None
    return {"a_week": row.a_week, "quiet": f"{row.quiet_from:%H:%M}-{row.quiet_until:%H:%M}" if spans else ""}
