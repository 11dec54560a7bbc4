"""What imports did, for other parts of the house."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CustomersImported(DomainEvent):
    """Some rows of a file became customers: one event for each batch, and none for each person."""

    name: ClassVar[str] = "customer.imported"
    run_id: int
    customer_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CustomersTakenBack(DomainEvent):
    """An import was undone: these customers are gone."""

    name: ClassVar[str] = "customer.import_undone"
    run_id: int
    customer_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ImportEnded(DomainEvent):
    """An import came to its end: "done", "cancelled", "failed" or "undone"."""

    name: ClassVar[str] = "import.ended"
    run_id: int
    target: str
    state: str
    created_by_id: int | None
