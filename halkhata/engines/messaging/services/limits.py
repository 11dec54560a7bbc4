"""Changing the ceilings on automatic mail."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import MailLimits
from halkhata.engines.messaging.selectors.limits import Limits, mail_limits
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader

# The lowest and the highest of each; the database keeps to them, too.
BOUNDS = {"per_address": (1, 50), "window_minutes": (10, 1440), "per_hour": (1, 100_000), "reopenings": (1, 50)}


def save_limits(
    *, actor: User, per_address: int, window_minutes: int, per_hour: int, reopenings: int, version: int | None = None
) -> Limits:
    """Set the ceilings; they hold from now on, and what is held back already stays so until a person releases it.

    Raises PermissionRefused, DomainError ``out_of_bounds`` at the field, Conflict ``changed_meanwhile``.
    """
    require(actor, "settings.edit")
    values = {
        "per_address": per_address,
        "window_minutes": window_minutes,
        "per_hour": per_hour,
        "reopenings": reopenings,
    }
    for name, value in values.items():
        lowest, highest = BOUNDS[name]
        if not lowest <= value <= highest:
            raise DomainError("out_of_bounds", _out_of_bounds(lowest, highest), field=name)
    with transaction.atomic():
        MailLimits.objects.get_or_create(pk=1)
        row = MailLimits.objects.select_for_update().get(pk=1)
        if version is not None and row.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed these rules meanwhile. Please look at them again.")
            )
        before = asdict(mail_limits())
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        record(actor=actor, action="mail_limits.save", record=row, before=before, after=values)
    return mail_limits()


def _out_of_bounds(lowest: int, highest: int) -> str:
    digits = current_reader().digits
    return str(
        _("Write a number from %(lowest)s to %(highest)s.")
        % {"lowest": show_digits(str(lowest), digits=digits), "highest": show_digits(str(highest), digits=digits)}
    )
