"""Tickets with promises in every state, written straight into the tables: exact numbers, no clock to wait for."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from halkhata.desks.tickets.models import Category, Ticket
from halkhata.engines.work.models import SlaClock
from halkhata.foundation.core.clock import moved_to

DHAKA = ZoneInfo("Asia/Dhaka")
# A Sunday in the middle of a working day.
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=DHAKA)


@pytest.fixture
def today():
    """It is that Sunday."""
    with moved_to(NOW):
        yield NOW


@pytest.fixture
def fridge(db):
    return Category.objects.create(code="fridge-x", name_en="Fridge", name_bn="ফ্রিজ")


@pytest.fixture
def make_ticket(shop):
    """``make_ticket(first="met", resolution="running", at=…)``: a ticket with clocks in these states."""
    made = []

    def make(*, at=NOW, owner=None, team="own", branch=None, channel="phone", category=None, **states):
        number = len(made) + 1
        ticket = Ticket.objects.create(
            number=f"K-9{number:03}", kind="complaint", subject=f"Case {number}", branch=branch or shop.branch,
            team=shop.team if team == "own" else team, owner=owner or shop.agent, channel=channel, category=category,
            opened_at=at, last_activity_at=at, last_update_at=at,
        )  # fmt: skip
        made.append(ticket)
        for metric, wanted in states.items():
            for cycle, state in enumerate([wanted] if isinstance(wanted, str) else wanted, start=1):
                make_clock(ticket, metric, state, cycle, at, shop.policy)
        return ticket

    return make


def make_clock(ticket, metric, state, cycle, at, policy):
    due = at + timedelta(hours=2)
    return SlaClock.objects.create(
        item=ticket, metric=metric, cycle=cycle, policy=policy, target_minutes=120, state=state, started_at=at,
        due_at=None if state == "paused" else due,
        stopped_at={"met": at + timedelta(hours=1), "breached": at + timedelta(hours=5)}.get(state),
        breached_at=due if state == "breached" else None,
    )  # fmt: skip
