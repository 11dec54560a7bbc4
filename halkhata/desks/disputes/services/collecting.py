"""The evidence file: what collects itself, what both sides add, what is missing (A60.3)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import GROWS, DisputeState, EvidenceKind, FactCode, Party
from halkhata.desks.disputes.models import Dispute, EvidenceItem, FactNote
from halkhata.desks.disputes.registry import Found, evidence_sources
from halkhata.desks.disputes.selectors.linked import linked_ids
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.desks.disputes.services.locking import lock_dispute, refuse_unless
from halkhata.desks.disputes.services.moving import move
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.services.items import record_event, update_item
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import read_file

LONGEST_TEXT = 100_000


def text_hash(text: str) -> str:
    """SHA-256 of a text as it is stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def collect_evidence(
    *, actor: Actor | None, dispute: Dispute, at: datetime | None = None, is_first: bool = False
) -> int:
    """Take everything in that belongs to the case and is not in the file yet. Returns how many lines came.

    What changed since it was taken in comes as a new line; the old one stays. Raises NotFound, PermissionRefused;
    Conflict ``wrong_state`` when the file is locked.
    """
    if not is_first:
        policies.require_handling(actor, dispute)
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *GROWS)
        items = linked_ids(held)
        found: list[Found] = []
        for source in sorted(evidence_sources, key=lambda one: one.order):
            found += source.collect(held, items)
        count = _take_in(actor or SYSTEM, held, found, at or now())
        if count and not is_first:
            record(actor=actor, action="dispute.collect", record=held, after={"lines": count})
    return count


def begin_evidence(*, actor: Actor | None, dispute: Dispute, at: datetime | None = None) -> Dispute:
    """Open the days in which both sides may add to the file. Raises NotFound, PermissionRefused, Conflict."""
    policies.require_handling(actor, dispute)
    moment = at or now()
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, DisputeState.OPENED)
        until = moment + timedelta(days=house_law().evidence_days)
        Dispute.objects.filter(pk=held.pk).update(evidence_until=until)
        move(actor=actor, dispute=held, to=DisputeState.EVIDENCE, at=at, until=until.isoformat())
    dispute.refresh_from_db()
    return dispute


def add_evidence(
    *,
    actor: Actor | None,
    dispute: Dispute,
    party: str,
    title: str,
    text: str = "",
    file: StoredFile | None = None,
    fact: str = "",
    at: datetime | None = None,
) -> EvidenceItem:
    """Add a statement or a file of one side. The customer's own page acts with a SystemActor and ``party`` customer.

    Raises NotFound, PermissionRefused; Conflict ``wrong_state`` (locked), ``too_late`` (the days are over); DomainError
    ``bad_party``, ``bad_fact``, ``empty``.
    """
    policies.require_handling(actor, dispute)
    if party not in Party.values:
        raise DomainError("bad_party", _("Say from whose side it comes."), field="party")
    if fact and fact not in FactCode.values:
        raise DomainError("bad_fact", _("Choose a line of the checklist."), field="fact")
    words = clean_text(text, multiline=True, max_length=LONGEST_TEXT)
    name = clean_text(title, max_length=200) or (words.splitlines()[0][:200] if words else "")
    name = name or (file.original_name if file is not None else "")
    if file is None and not words:
        raise DomainError("empty", _("Write something, or add a file."), field="text")
    moment = at or now()
    with transaction.atomic():
        if file is not None and words:
            # Each has a hash of its own: the words are a line, and the file is one.
            add_evidence(actor=actor, dispute=dispute, party=party, title=name, text=words, fact=fact, at=at)
            words = ""
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *GROWS)
        if held.evidence_until is not None and moment > held.evidence_until:
            raise Conflict("too_late", _("The days for adding to the file are over."), until=held.evidence_until)
        digest = file.sha256 if file is not None else text_hash(words)
        line, made = EvidenceItem.objects.get_or_create(
            dispute=held, origin=f"added:{party}", sha256=digest,
            defaults={
                "kind": EvidenceKind.FILE if file is not None else EvidenceKind.STATEMENT, "party": party,
                "title": name, "text": words, "file": file, "fact": fact, "happened_at": moment,
                "collected_at": moment, "actor_id_then": (actor or SYSTEM).pk,
                "actor_label": (actor or SYSTEM).audit_label[:150],
            },
        )  # fmt: skip
        if made:
            record(
                actor=actor, action="dispute.evidence", record=held,
                after={"line": line.pk, "party": party, "title": name, "sha256": digest},
            )  # fmt: skip
            if party == Party.CUSTOMER and not isinstance(actor, User):
                # The customer wrote, by the own page: somebody has to read it, and an answer is promised.
                record_event(
                    actor=actor, item=held, kind=WorkEventKind.CUSTOMER_MESSAGE, at=moment, data={"evidence": line.pk}
                )
                notify(user=held.owner, verb="dispute.added", item=held, cause=f"dispute:{held.pk}:added:{line.pk}")
            else:
                update_item(held, last_activity_at=max(held.last_activity_at, moment))
    return line


def explain_missing(*, actor: User, dispute: Dispute, fact: str, why: str) -> FactNote:
    """Say why a line of the checklist cannot be had. Raises NotFound, PermissionRefused, Conflict, DomainError."""
    policies.require_handling(actor, dispute)
    words = clean_text(why, max_length=300)
    if fact not in FactCode.values:
        raise DomainError("bad_fact", _("Choose a line of the checklist."), field="fact")
    if not words:
        raise DomainError("empty", _("Say why it cannot be had."), field="why")
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *GROWS)
        note = FactNote.objects.create(dispute=held, fact=fact, why=words, by=actor, at=now())
        record(actor=actor, action="dispute.fact_missing", record=held, after={"fact": fact, "why": words})
    return note


def damaged_lines(dispute: Dispute) -> list[EvidenceItem]:
    """Lines whose file or text no longer is what was taken in. Reads every file."""
    damaged = []
    for line in dispute.evidence.select_related("file"):
        if line.file is None:
            sound = text_hash(line.text) == line.sha256
        else:
            try:
                sound = hashlib.sha256(read_file(line.file)).hexdigest() == line.sha256
            except NotFound:
                sound = False
        if not sound:
            damaged.append(line)
    return damaged


def _take_in(actor: Any, dispute: Dispute, found: Iterable[Found], at: datetime) -> int:
    known = set(EvidenceItem.objects.filter(dispute=dispute).values_list("origin", "sha256"))
    rows = []
    for one in found:
        text = clean_text(one.text, multiline=True, max_length=LONGEST_TEXT)
        if not text and one.file is None:
            continue
        digest = one.file.sha256 if one.file is not None else text_hash(text)
        if (one.origin, digest) in known:
            continue
        known.add((one.origin, digest))
        rows.append(
            EvidenceItem(
                dispute=dispute, kind=one.kind, party=one.party, origin=one.origin[:80],
                title=clean_text(str(one.title), max_length=200) or one.origin[:80], text=text, file=one.file,
                happened_at=one.happened_at, sha256=digest, fact=one.fact, collected_at=at, actor_id_then=actor.pk,
                actor_label=actor.audit_label[:150],
            )
        )  # fmt: skip
    EvidenceItem.objects.bulk_create(rows)
    return len(rows)
