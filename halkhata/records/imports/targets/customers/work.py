"""The import of customers as a target: reading, judging, writing, taking back."""

from collections.abc import Sequence
from typing import Any

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.text import search_key
from halkhata.foundation.fields.selectors.schema import CustomField
from halkhata.records.customers.policies import branches_open_to
from halkhata.records.imports.choices import SharedRule
from halkhata.records.imports.models import ImportedRow, ImportRun
from halkhata.records.imports.registry import ReadRow, Verdict, Written
from halkhata.records.imports.targets.customers.matching import judge_customers
from halkhata.records.imports.targets.customers.own_fields import PREFIX, own_fields
from halkhata.records.imports.targets.customers.reading import read_customer
from halkhata.records.imports.targets.customers.undoing import undo_customers
from halkhata.records.imports.targets.customers.writing import CustomerWriter

# Under what name the ids of a file's own column are kept.
SYSTEM = "import"


class CustomerWork:
    """One import of customers at work."""

    def __init__(self, run: ImportRun, actor: Any) -> None:
        self.run, self.actor = run, actor
        self.region = run.branch.country
        self.system = str(run.options.get("system") or SYSTEM)[:40]
        self.shared = run.options.get("shared", SharedRule.LIST)
        self._branches: dict[str, Branch] | None = None
        self._writer: CustomerWriter | None = None
        self._fields: dict[str, CustomField] | None = None

    @property
    def branches(self) -> dict[str, Branch]:
        """The branches that the actor may give a customer to, by their folded names and codes."""
        if self._branches is None:
            staff = isinstance(self.actor, User)
            rows = branches_open_to(self.actor) if staff else Branch.objects.filter(is_active=True)
            self._branches = {
                search_key(name): branch
                for branch in rows
                for name in (branch.code, branch.name_bn, branch.name_en)
                if name
            }
        return self._branches

    def read(self, number: int, values: dict[str, list[str]]) -> ReadRow:
        """Understand one row."""
        if self._fields is None:
            named = any(code.startswith(PREFIX) for code in self.run.mapping.values())
            self._fields = own_fields() if named else {}
        return read_customer(number, values, region=self.region, system=self.system, fields=self._fields)

    def judge(self, rows: Sequence[ReadRow]) -> list[Verdict]:
        """Which customers the rows mean."""
        branches = self.branches if any(row.record.branch for row in rows) else {}
        return judge_customers(
            rows, actor=self.actor, system=self.system, shared=self.shared, branches=branches
        )  # fmt: skip

    def write(self, verdicts: Sequence[Verdict]) -> list[Written]:
        """Write them."""
        if self._writer is None:
            self._writer = CustomerWriter(self.run, self.actor, self.branches, self.system)
        return self._writer.write(verdicts)

    def undo(self, written: Sequence[ImportedRow]) -> dict[int, str]:
        """Take them back."""
        return undo_customers(self.run, self.actor, written)


def open_customers(run: ImportRun, actor: Any) -> CustomerWork:
    """The work for this import."""
    return CustomerWork(run, actor)
