"""The record of decisions: each line holds the hash of the line before (A60.10)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.models import DecisionRecord, Dispute
from halkhata.foundation.audit.trail import SYSTEM, Actor
from halkhata.foundation.core.clock import now
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.models import Erasure

BEGINNING = "0" * 64
# What stands in place of a payload whose person was erased; the chain itself stays whole.
ERASED: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Broken:
    """One link that does not hold: which, of which dispute, and what is wrong with it."""

    n: int
    number: str
    what: str


def payload_hash(payload: dict[str, Any]) -> str:
    """SHA-256 of the payload in one spelling."""
    return hashlib.sha256(
        json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def link_hash(row: DecisionRecord) -> str:
    """SHA-256 over everything a link says and the hash of the one before."""
    words = "|".join(
        [
            str(row.n), row.dispute_number, str(row.dispute_id_then), row.kind,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"), row.actor_label, row.payload_sha256,
            row.previous,
        ]
    )  # fmt: skip
    return hashlib.sha256(words.encode()).hexdigest()


def add_link(*, actor: Actor | None, dispute: Dispute, kind: str, payload: dict[str, Any]) -> DecisionRecord:
    """Add a line to the record, in the caller's transaction. Two at once wait for each other."""
    lock_values([f"dispute-chain:{dispute.is_demo}"])
    last = DecisionRecord.objects.filter(is_demo=dispute.is_demo).order_by("-n").first()
    row = DecisionRecord(
        is_demo=dispute.is_demo, n=1 if last is None else last.n + 1, dispute_number=dispute.number,
        dispute_id_then=dispute.pk, kind=kind, at=now(), actor_label=(actor or SYSTEM).audit_label[:150],
        payload=payload, payload_sha256=payload_hash(payload), previous=BEGINNING if last is None else last.hash,
    )  # fmt: skip
    row.hash = link_hash(row)
    row.save(force_insert=True)
    return row


def broken_links(*, is_demo: bool = False) -> list[Broken]:
    """Walk the whole record: every number in its place, every hash right, every decision as it was signed."""
    found: list[Broken] = []
    previous, expected = BEGINNING, 1
    erased = set(Erasure.objects.values_list("customer_id_then", flat=True))
    owners = dict(Dispute.objects.filter(is_demo=is_demo).values_list("pk", "customer_id"))
    for row in DecisionRecord.objects.filter(is_demo=is_demo).order_by("n").iterator(500):
        if row.n != expected:
            found.append(Broken(row.n, row.dispute_number, str(_("a line before it is missing"))))
        if row.previous != previous:
            found.append(Broken(row.n, row.dispute_number, str(_("it does not follow the line before"))))
        if link_hash(row) != row.hash:
            found.append(Broken(row.n, row.dispute_number, str(_("the line was changed"))))
        may_be_empty = owners.get(row.dispute_id_then) in erased
        if payload_hash(row.payload) != row.payload_sha256 and not (row.payload == ERASED and may_be_empty):
            found.append(Broken(row.n, row.dispute_number, str(_("what was decided was changed"))))
        previous, expected = row.hash, row.n + 1
    return found
