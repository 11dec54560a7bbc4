"""One ticket of the older story with its lines and, once written, its rows."""

from dataclasses import dataclass
from datetime import datetime

from halkhata.desks.tickets.models import Ticket
from halkhata.doors.cli.demo_data.lines import Line
from halkhata.doors.cli.demo_data.plot import TicketPlan
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer

# Rows in one statement.
BATCH = 400


@dataclass(kw_only=True)
class Story:
    """What was planned for a ticket, and who had to do with it."""

    plan: TicketPlan
    customer: Customer
    item: WorkItem
    lines: list[Line]
    ended_at: datetime
    closed_at: datetime | None
    resolver: User
    ticket: Ticket | None = None
