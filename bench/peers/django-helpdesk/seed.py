# ruff: noqa: E402 - Django is set up before its models are imported
"""Fills django-helpdesk by its own models in bulk: COUNT submitters, two tickets each, three follow-ups a ticket.

django-helpdesk has no customers: a submitter is an address on the ticket. Four tickets in a hundred are open.
"""

import os
import sys
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
import django

django.setup()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from helpdesk.models import FollowUp, Queue, Ticket

from bench.peers.people import people

BATCH = 5_000
TEXT = "It runs all day and the milk is warm in the evening. The door closes well. "


def main(count: int) -> None:
    """Make the tables and the rows."""
    call_command("migrate", verbosity=0)
    users = get_user_model()
    users.objects.create_superuser("owner", "owner@example.com", "seven quiet rivers at dawn")
    staff = [
        users.objects.create_user(f"agent{number}", f"agent{number}@example.com", is_staff=True) for number in range(60)
    ]
    queues = [Queue.objects.create(title=f"Shop {number}", slug=f"shop-{number}") for number in range(10)]
    tickets: list[Ticket] = []
    for number, who, since in people(count):
        for second in (0, 1):
            is_open = number >= count * 0.96 and second
            at = since + timedelta(weeks=5 * second)
            tickets.append(
                Ticket(
                    queue=queues[number % 10],
                    title=f"Refrigerator does not cool {who.name_en}",
                    description=f"{TEXT * 3} {who.name_bn} 011{who.subscriber}",
                    created=at,
                    modified=at,
                    submitter_email=f"{who.mail_name}@example.com",
                    assigned_to=staff[number % 60],
                    status=Ticket.OPEN_STATUS if is_open else Ticket.CLOSED_STATUS,
                    priority=number % 5 + 1,
                    secret_key=f"{number}-{second}",
                    due_date=at + timedelta(days=3),
                )
            )
        if len(tickets) >= BATCH:
            write(tickets)
    write(tickets)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def write(tickets: list[Ticket]) -> None:
    """The tickets and what was said about them."""
    Ticket.objects.bulk_create(tickets)
    FollowUp.objects.bulk_create(
        FollowUp(
            ticket=ticket,
            date=ticket.created + timedelta(hours=hours),
            title="Comment",
            comment=TEXT,
            public=True,
            user=ticket.assigned_to,
        )
        for ticket in tickets
        for hours in (1, 5, 30)
    )
    tickets.clear()


if __name__ == "__main__":
    main(int(sys.argv[1]))
