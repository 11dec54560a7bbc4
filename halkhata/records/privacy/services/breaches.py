"""The register of breaches and its clock of 72 hours (Art. 33, E.9)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.records.privacy.models import Breach
from halkhata.records.privacy.policies import require_privacy

PREFIX = "B"
CLOCK = timedelta(hours=72)
_TEXTS = {"title": 200, "description": 8000, "data_kinds": 300, "consequences": 4000, "measures": 4000,
          "late_reason": 300}  # fmt: skip
_TIMES = ("happened_at", "authority_told_at", "people_told_at")


@transaction.atomic
def save_breach(
    *, actor: Any, breach: Breach | None = None, version: int | None = None, close: bool = False, **values: Any
) -> Breach:
    """Write a breach down, or what is known of it by now; ``close`` ends it.

    Raises PermissionRefused, Conflict ``changed_meanwhile``, DomainError: ``no_title``, ``in_future``, ``late_reason``
    (told after the 72 hours without saying why), ``not_told`` (a risky one closed before the authority knows).
    """
    require_privacy(actor)
    if breach is None:
        noticed = values.get("noticed_at") or now()
        _refuse_future(noticed, "noticed_at")
        row = Breach(
            number=next_number(PREFIX), noticed_at=noticed, due_at=noticed + CLOCK,
            written_label=(actor.audit_label if actor is not None else "")[:150],
        )  # fmt: skip
    else:
        row = Breach.objects.select_for_update().get(pk=breach.pk)
        if version is not None and row.version != version:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody changed this record while you were writing. Look at what is there now, then save again."),
                current=row,
            )
        row.version += 1
    for name, longest in _TEXTS.items():
        if name in values:
            setattr(row, name, clean_text(values[name], multiline=longest > 300, max_length=longest))
    for name in _TIMES:
        if name in values:
            _refuse_future(values[name], name)
            setattr(row, name, values[name])
    for name in ("people_count", "is_risky"):
        if name in values:
            setattr(row, name, values[name])
    if not row.title:
        raise DomainError("no_title", _("Say in one line what happened."), field="title")
    if row.authority_told_at is not None and row.authority_told_at > row.due_at and not row.late_reason:
        words = _("Say why the authority was told after the 72 hours.")
        raise DomainError("late_reason", words, field="late_reason")
    if close:
        if row.is_risky and row.authority_told_at is None:
            words = _("First tell the authority, and write down when.")
            raise DomainError("not_told", words, field="authority_told_at")
        row.closed_at = row.closed_at or now()
    row.save()
    after = {"due_at": row.due_at, "closed": bool(row.closed_at)}
    record(actor=actor, action="privacy.breach", record=row, after=after)
    return row


def _refuse_future(moment: datetime | None, name: str) -> None:
    if moment is not None and moment > now():
        raise DomainError("in_future", _("This time is still to come."), field=name)
