"""What the tests of the complaint desk start from."""

from collections.abc import Callable
from typing import Any

import pytest

from halkhata.desks.tickets.services.calling import open_for_caller
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.engines.messaging.models import Mailbox
from halkhata.records.customers.services.customers import create_customer


@pytest.fixture
def desk(shop: Any) -> Any:
    """The shop with the desk's own rows and a mailbox, so that answers can leave."""
    create_default_categories()
    Mailbox.objects.create(
        name="Care", address="care@example.com", branch=shop.branch, team=shop.team, is_default=True,
        smtp_host="127.0.0.1", smtp_port=1,
    )  # fmt: skip
    return shop


@pytest.fixture
def rahima(desk: Any) -> Any:
    """A customer with a phone number and an e-mail address."""
    return create_customer(
        actor=desk.agent, name_en="Rahima Test", phones=["01100000001"], emails=["rahima@example.com"], language="en"
    )


@pytest.fixture
def ticket(desk: Any, rahima: Any) -> Any:
    """A complaint taken down by phone; owned by an agent of the team."""
    return make_ticket(desk, rahima)


def make_ticket(desk: Any, customer: Any, text: str = "The fridge does not cool", **values: Any) -> Any:
    """One more ticket."""
    return open_for_caller(actor=desk.agent, customer=customer, text=text, **values)


@pytest.fixture
def digest() -> Callable[[], str]:
    """A hash over the rows a refused act must not change."""
    return rows_digest


def rows_digest() -> str:
    """One hash of every row of the desk, its history, messages, deliveries and the outbox."""
    import hashlib

    from halkhata.desks.tickets.models import Resolution, Ticket
    from halkhata.engines.messaging.models import Delivery, Message
    from halkhata.engines.work.models import ChecklistItem, SlaClock, WorkEvent
    from halkhata.foundation.audit.models import AuditEntry
    from halkhata.foundation.core.models import OutboxEvent
    from halkhata.records.customers.models import Activity, Customer

    text = ""
    for model in (Ticket, Resolution, WorkEvent, SlaClock, ChecklistItem, Message, Delivery, OutboxEvent, AuditEntry,
                  Activity, Customer):  # fmt: skip
        text += f"{model.__name__}{list(model.objects.order_by('pk').values_list())}"
    return hashlib.sha256(text.encode()).hexdigest()


RESOLUTION = {"root_cause": "product_defect", "action": "Compressor replaced", "remedy": "repaired"}
