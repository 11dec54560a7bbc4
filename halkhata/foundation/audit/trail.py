"""Writing to the audit trail."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection, models, transaction

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now

# Never written to the trail, whatever a caller passes.
SECRET_FIELDS = frozenset({"password", "secret", "token", "token_hash", "imap_password", "smtp_password", "secret_key"})


class Actor(Protocol):
    """Anyone who can be named as the one who acted: a staff user, or a system actor."""

    pk: Any

    @property
    def audit_label(self) -> str: ...


class SystemActor:
    """The product itself: a scheduled job, a reaction, inbound mail."""

    pk = None

    def __init__(self, name: str = "system") -> None:
        self.audit_label = name

    def __repr__(self) -> str:
        return f"SystemActor({self.audit_label!r})"


SYSTEM = SystemActor()


def record(
    *,
    actor: Actor | None,
    action: str,
    record: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Write one entry in the caller's transaction: the act and its trace commit together.

    ``action`` is a dotted verb such as ``ticket.resolve``. Raises TransactionManagementError outside a transaction.
    """
    entry = entry_for(actor=actor, action=action, record=record, before=before, after=after, note=note)
    return write_entries([entry])[0]


def entry_for(
    *,
    actor: Actor | None,
    action: str,
    record: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """The entry that ``record`` would write, not written yet: for an act on many records."""
    who = actor or SYSTEM
    return AuditEntry(
        at=now(),
        actor_id=who.pk,
        actor_label=who.audit_label[:150],
        action=action,
        record_type=record._meta.label_lower,
        record_id=str(record.pk),
        record_label=str(record)[:200],
        before=_clean(before),
        after=_clean(after),
        note=note[:500],
        is_demo=bool(getattr(record, "is_demo", False)),
    )


def write_entries(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """Write prepared entries in the caller's transaction, in one statement.

    Raises TransactionManagementError outside a transaction.
    """
    if entries and not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f"the audit entry {entries[0].action} belongs inside the transaction of its act"
        )
    return AuditEntry.objects.bulk_create(entries)


def _clean(values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {key: "•••" if key in SECRET_FIELDS else _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if isinstance(value, dict):
        return _clean(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
