"""How many imports and exports of one person may wait or run at a time: nobody's lists keep the others waiting."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.imports.choices import MOVING, ExportState, RunState
from halkhata.records.imports.models import ExportRun, ImportRun

MOST_EXPORTS = 3
MOST_IMPORTS = 3
# Lists that were brought and not imported, within a day.
MOST_LISTS = 20
DAY = timedelta(days=1)


def refuse_too_many_exports(actor: Any) -> None:
    """Raises Conflict "too_many_exports". Call in the transaction that writes the next one."""
    if not isinstance(actor, User):
        return
    lock_values([f"exports:{actor.pk}"])
    if ExportRun.objects.filter(created_by=actor, state=ExportState.WAITING).count() >= MOST_EXPORTS:
        raise Conflict(
            "too_many_exports",
            _("%(most)s of your lists are being written. Wait until one is ready, then ask for the next.")
            % {"most": _shown(MOST_EXPORTS)},
        )


def refuse_too_many_imports(actor: Any) -> None:
    """Raises Conflict "too_many_imports" when so many of the person's imports are at work. Call as above."""
    if not isinstance(actor, User):
        return
    lock_values([f"imports:{actor.pk}"])
    if ImportRun.objects.filter(created_by=actor, state__in=MOVING).count() >= MOST_IMPORTS:
        raise Conflict(
            "too_many_imports",
            _("%(most)s of your imports are at work. Wait until one has ended, or stop it, then begin the next.")
            % {"most": _shown(MOST_IMPORTS)},
        )


def refuse_too_many_lists(actor: Any) -> None:
    """Raises Conflict "too_many_lists" when somebody brings file after file and imports none."""
    if not isinstance(actor, User):
        return
    waiting = ImportRun.objects.filter(
        created_by=actor, state__in=[RunState.UPLOADED, RunState.CHECKED], created_at__gt=now() - DAY
    )
    if waiting.count() >= MOST_LISTS:
        raise Conflict(
            "too_many_lists",
            _("You brought %(most)s lists within a day and imported none of them. Import one of those first.")
            % {"most": _shown(MOST_LISTS)},
        )


def _shown(number: int) -> str:
    return format_number(number, digits=current_reader().digits)
