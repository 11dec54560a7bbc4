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
from helpdesk.models import Queue, Ticket

from bench.peers.people import people

BATCH = 5_000
TEXT = "It runs all day and the milk is warm in the evening. The door closes well. "
# What was said about the tickets: three times the rows, which would take three times as long by its models.
FOLLOW_UPS = """
INSERT INTO helpdesk_followup (ticket_id, date, title, comment, public, user_id)
SELECT id, created + hours * interval '1 hour', 'Comment', %s, true, assigned_to_id
FROM helpdesk_ticket, unnest(ARRAY[1, 5, 30]) AS hours ORDER BY id, hours
"""


def main(count: int) -> None:
    """Make the tables and the rows."""
    call_command("migrate", verbosity=0)
    users = get_user_model()
    users.objects.create_superuser("owner", "owner@example.com", "seven quiet rivers at dawn")
    staff = [
        users.objects.create_user(f"agent{number}", f"agent{number}@example.com", is_staff=True) for number in range(60)
    ]
    queues = [Queue.objects.create(title=f"Shop {number}", slug=f"shop-{number}") for number in range(10)]
    # Else saving writes the present moment over it.
    Ticket._meta.get_field("created").auto_now_add = False
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
        cursor.execute(FOLLOW_UPS, [TEXT])
        cursor.execute("VACUUM ANALYZE")


def write(tickets: list[Ticket]) -> None:
    """The tickets."""
    Ticket.objects.bulk_create(tickets)
    tickets.clear()


if __name__ == "__main__":
    main(int(sys.argv[1]))
