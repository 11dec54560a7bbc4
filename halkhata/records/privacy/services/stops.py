"""Numbers and addresses that nothing goes to any more, kept by hash (N4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.choices import DECIDED, StopReason
from halkhata.records.privacy.models import DoNotContact
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.selectors.family import aliases_of
from halkhata.records.privacy.services.digests import digest_of, kind_of_channel
from halkhata.records.privacy.services.outside_list import append_line


def stop_contact(
    *,
    kind: str,
    value: str,
    channel: str = "",
    purposes: Iterable[str] = DECIDED,
    reason: str = StopReason.OBJECTION,
    source: str,
    actor: Any = None,
    at: datetime | None = None,
    is_demo: bool = False,
) -> int:
    """Let nothing of these purposes go to a number (E.164) or address any more; "" as a purpose means all, an
    empty ``channel`` every way.

    Nobody needs to be known under it: whoever types their number on the public page is heard. Returns how many stops
    are new.
    """
    return stop_digest(
        digest=digest_of(kind, value), kind=kind, channel=channel, purposes=purposes, reason=reason, source=source,
        actor=actor, at=at, is_demo=is_demo,
    )  # fmt: skip


@transaction.atomic
def stop_digest(
    *,
    digest: str,
    kind: str,
    channel: str,
    purposes: Iterable[str],
    reason: str = StopReason.OBJECTION,
    source: str,
    actor: Any = None,
    at: datetime | None = None,
    is_demo: bool = False,
) -> int:
    """The same for a number or address of which only the hash is known: it stood in a link."""
    made = 0
    lock_values([f"stop:{digest}"])
    for purpose in purposes:
        row, new = DoNotContact.objects.get_or_create(
            digest=digest,
            purpose=purpose,
            channel=channel,
            lifted_at=None,
            defaults={
                "kind": kind, "reason": reason, "source": source, "since": at or now(), "is_demo": is_demo,
                "actor_label": (actor.audit_label if actor is not None else "")[:150],
            },
        )  # fmt: skip
        made += new
        if new and not is_demo:
            # A restored backup must not forget it (services/replaying.py).
            append_line(
                "stop", row.since, digest=digest, of=kind, purpose=purpose, channel=channel, reason=reason,
                source=source,
            )  # fmt: skip
    return made


@transaction.atomic
def lift_stop(*, actor: Any, kind: str, value: str, how: str) -> int:
    """The person themselves takes every stop of their number or address back; ``how`` says by what we know it is them.

    Returns how many were lifted. Raises PermissionRefused, DomainError ``no_reason``.
    """
    require_privacy(actor)
    words = clean_text(how, max_length=200)
    if not words:
        raise DomainError("no_reason", _("Say how you know that it is the person's own wish."), field="how")
    rows = DoNotContact.objects.select_for_update().filter(digest=digest_of(kind, value), lifted_at__isnull=True)
    lifted = 0
    for row in rows:
        row.lifted_at, row.lifted_how = now(), words
        row.save(update_fields=["lifted_at", "lifted_how"])
        append_line("lifted", row.lifted_at, digest=row.digest, purpose=row.purpose, channel=row.channel)
        record(actor=actor, action="privacy.stop_lifted", record=row, note=words)
        lifted += 1
    return lifted


def _points(customer: Customer, channel: str) -> list[tuple[str, str]]:
    kind = kind_of_channel(channel)
    ids = [customer.pk, *aliases_of([customer.pk])]
    rows = ContactPoint.objects.filter(customer_id__in=ids, kind=kind).values_list("kind", "value")
    return sorted(set(rows))


def stop_all(customer: Customer, channel: str, purpose: str, *, source: str, actor: Any, at: datetime) -> None:
    """A "no" also stops every number or address of the person's that this way leads to."""
    for kind, value in _points(customer, channel):
        stop_contact(
            kind=kind, value=value, channel=channel, purposes=[purpose], source=source, actor=actor, at=at,
            is_demo=customer.is_demo,
        )  # fmt: skip


def lift_all(customer: Customer, channel: str, purpose: str, *, how: str, at: datetime) -> None:
    """The person's own new "yes" takes back the stop that their own "no" had made; other stops stay."""
    digests = [digest_of(kind, value) for kind, value in _points(customer, channel)]
    rows = DoNotContact.objects.filter(
        digest__in=digests, purpose=purpose, channel=channel, lifted_at__isnull=True, reason=StopReason.OBJECTION
    )
    for row in rows:
        row.lifted_at, row.lifted_how = max(at, row.since), how[:200]
        row.save(update_fields=["lifted_at", "lifted_how"])
        append_line("lifted", row.lifted_at, digest=row.digest, purpose=row.purpose, channel=row.channel)
