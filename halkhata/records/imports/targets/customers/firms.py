"""The organizations that a list names."""

from typing import Any

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.text import search_key
from halkhata.records.customers.models import Organization
from halkhata.records.customers.services.organizations import find_or_create_organization
from halkhata.records.imports.choices import Outcome
from halkhata.records.imports.registry import Written

ORGANIZATION = "customers.organization"


class Firms:
    """Finds or makes organizations for one import, and remembers them between batches: folded name -> id."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self._known: dict[str, int] = {}

    def find(self, name: str, branch: Branch, row: int, written: list[Written]) -> int | None:
        """The organization of that name; a new one is noted in the ledger, so that it goes with the import."""
        folded = search_key(name)
        if not folded:
            return None
        if folded not in self._known:
            newest = Organization.objects.order_by("-id").values_list("id", flat=True).first() or 0
            found = find_or_create_organization(actor=self.actor, name=name, branch=branch, is_demo=False)
            if found is None:
                return None
            self._known[folded] = found.pk
            if found.pk > newest:
                written.append(Written(row, ORGANIZATION, found.pk, Outcome.CREATED))
        return self._known[folded]
