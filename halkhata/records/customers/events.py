"""What happened to customers and organizations, for other parts of the house."""

from dataclasses import dataclass
from typing import ClassVar

from halkhata.foundation.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(DomainEvent):
    """A customer was written down for the first time."""

    name: ClassVar[str] = "customer.created"
    customer_id: int
    name_bn: str
    name_en: str
    language: str
    branch_id: int | None
    created_by_id: int | None


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(DomainEvent):
    """Something in a customer's own record changed; ``fields`` names what."""

    name: ClassVar[str] = "customer.changed"
    customer_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ContactPointAdded(DomainEvent):
    """A customer can be reached in one more way. ``value`` is E.164 or a normalised address."""

    name: ClassVar[str] = "customer.contact_added"
    customer_id: int
    kind: str
    value: str


@dataclass(frozen=True, kw_only=True)
class ContactPointRemoved(DomainEvent):
    """A number or address no longer belongs to the customer."""

    name: ClassVar[str] = "customer.contact_removed"
    customer_id: int
    kind: str
    value: str


@dataclass(frozen=True, kw_only=True)
class ContactPointUnreachable(DomainEvent):
    """A number or address turned out not to work (a bounce)."""

    name: ClassVar[str] = "customer.contact_unreachable"
    customer_id: int
    kind: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrganizationCreated(DomainEvent):
    """An organization was written down for the first time."""

    name: ClassVar[str] = "organization.created"
    organization_id: int
    name_bn: str
    name_en: str
    branch_id: int | None


@dataclass(frozen=True, kw_only=True)
class OrganizationChanged(DomainEvent):
    """Something in an organization's record changed; ``fields`` names what."""

    name: ClassVar[str] = "organization.changed"
    organization_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(DomainEvent):
    """Two customers turned out to be one: what was the merged one's is the survivor's now."""

    name: ClassVar[str] = "customer.merged"
    merged_id: int
    survivor_id: int


@dataclass(frozen=True, kw_only=True)
class CustomersUnmerged(DomainEvent):
    """A merge was undone: they are two customers again."""

    name: ClassVar[str] = "customer.unmerged"
    merged_id: int
    survivor_id: int
