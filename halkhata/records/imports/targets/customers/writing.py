"""Rows become customers, or complete those that are there. In the transaction of the import's own progress."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.bulk_rows import insert_rows, take_ids
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish_all
from halkhata.records.customers.models import Activity, Address, ContactPoint, Customer, ExternalId
from halkhata.records.customers.services.owners import claim_unowned
from halkhata.records.customers.services.search_index import index_newcomers
from halkhata.records.imports.choices import KnownRule, Outcome, SharedRule
from halkhata.records.imports.events import CustomersImported
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.registry import Verdict, Written
from halkhata.records.imports.targets.customers.completing import CustomerCompleter
from halkhata.records.imports.targets.customers.firms import Firms
from halkhata.records.imports.targets.customers.own_fields import insert_own, own_fields
from halkhata.records.imports.targets.customers.reading import MODEL, CustomerLine
from halkhata.records.imports.targets.customers.rows import home_row, newcomer_of, point_rows
from halkhata.records.imports.targets.customers.tags import Tags

MADE = "customer.imported"


class CustomerWriter:
    """Writes for one import; what it remembers between batches goes with it when a transaction breaks."""

    def __init__(self, run: ImportRun, actor: Any, branches: dict[str, Branch], system: str) -> None:
        self.run, self.actor, self.branches, self.system = run, actor, branches, system
        self.known_rule = run.options.get("known", KnownRule.FILL)
        # Without families whoever is new is the first to have the number: nobody else was found by it.
        self.owns_new = run.options.get("shared") != SharedRule.SEPARATE
        self.firms = Firms(actor)
        self.tags = Tags(actor)
        self.completer = CustomerCompleter(run, actor, system, self.firms, self.tags, self._branch)

    def write(self, verdicts: Sequence[Verdict]) -> list[Written]:
        """Write one batch; no two rows of it share a number, an address or an id."""
        written: list[Written] = []
        new = [verdict for verdict in verdicts if verdict.record_id is None]
        if new:
            written += self._write_new(new)
        known = [verdict for verdict in verdicts if verdict.record_id is not None]
        if known and self.known_rule == KnownRule.SKIP:
            written += [Written(one.row.number, MODEL, one.record_id or 0, None) for one in known]
        elif known:
            written += self.completer.write(known)
        return written

    def _write_new(self, verdicts: Sequence[Verdict]) -> list[Written]:
        at = now()
        written: list[Written] = []
        ids = take_ids(Customer, len(verdicts))
        people, points, homes, events, elsewhere = [], [], [], [], []
        worn: list[tuple[int, int]] = []
        creator = self.actor.pk if isinstance(self.actor, User) else None
        label = self.actor.audit_label[:150]
        for pk, verdict in zip(ids, verdicts, strict=True):
            line: CustomerLine = verdict.row.record
            branch = self._branch(line)
            firm = (
                self.firms.find(line.organization, branch, verdict.row.number, written) if line.organization else None
            )
            people.append(
                {
                    "id": pk, "name_bn": line.name_bn, "name_en": line.name_en, "honorific": line.honorific,
                    "language": line.language or "bn", "organization_id": firm,
                    "organization_role": line.organization_role, "branch_id": branch.pk, "created_by_id": creator,
                    "note": line.note, "created_at": at, "updated_at": at,
                }
            )  # fmt: skip
            points += point_rows(pk, line.contacts, at, set(), self.owns_new)
            if line.address:
                homes.append(home_row(pk, line, branch))
            if line.external_key:
                elsewhere.append(self._external(pk, line, at))
            events.append(
                {
                    "customer_id": pk, "at": at, "verb": MADE, "actor_label": label,
                    "data": {"file": self.run.file_name[:120], "row": verdict.row.number, "run": self.run.pk},
                }
            )  # fmt: skip
            done = Written(verdict.row.number, MODEL, pk, Outcome.CREATED, verdict.row.line_hash)
            if line.tags:
                tags, made = self.tags.find(line.tags)
                worn += [(pk, tag) for tag in tags]
                # The row that brought a word takes it away again: rows are undone from the last to the first.
                done.before = {"tags": {"made": made}} if made else None
            written.append(done)
        insert_rows(Customer, people)
        insert_rows(ContactPoint, points)
        insert_rows(Address, homes)
        insert_rows(ExternalId, elsewhere)
        insert_rows(Activity, events)
        if not self.owns_new:
            claim_unowned(ids)
        self.tags.hang(worn, at)
        own = [(pk, one.row.record.own) for pk, one in zip(ids, verdicts, strict=True) if one.row.record.own]
        if own:
            insert_own(own, own_fields())
        index_newcomers(newcomer_of(pk, one.row.record) for pk, one in zip(ids, verdicts, strict=True))
        publish_all([CustomersImported(run_id=self.run.pk, customer_ids=tuple(ids))])
        return written

    def _branch(self, line: CustomerLine) -> Branch:
        return self.branches[line.branch] if line.branch else self.run.branch

    def _external(self, pk: int, line: CustomerLine, at: datetime) -> dict[str, Any]:
        return {
            "customer_id": pk, "system": self.system, "value": line.external_id, "key": line.external_key,
            "created_at": at,
        }  # fmt: skip
