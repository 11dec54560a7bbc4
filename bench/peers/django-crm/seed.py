# ruff: noqa: E402 - Django is set up before its models are imported
"""Fills BottleCRM by its own models in bulk: COUNT contacts, two cases each, three comments a case."""

import os
import sys
from datetime import timedelta
from itertools import islice

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
import django

django.setup()

from cases.models import Case
from common.models import Address, Comment, User
from contacts.models import Contact
from django.core.management import call_command
from django.db import connection

from bench.peers.people import people

BATCH = 2_500
TEXT = "It runs all day and the milk is warm in the evening. The door closes well. "


def main(count: int) -> None:
    """Make the tables and the rows."""
    call_command("migrate", verbosity=0)
    owner = User(username="owner", email="owner@example.com", role="ADMIN", is_superuser=True, is_staff=True)
    owner.set_password("seven quiet rivers at dawn")
    owner.save()
    staff = User.objects.bulk_create(
        User(username=f"agent{number}", email=f"agent{number}@example.com", role="USER", has_sales_access=True)
        for number in range(60)
    )
    everybody = people(count)
    while some := list(islice(everybody, BATCH)):
        write(some, count, staff)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def write(some: list, count: int, staff: list[User]) -> None:
    """Some contacts, their cases and what was said about them."""
    homes = Address.objects.bulk_create(Address(city="Dhaka", country="BD") for _one in some)
    contacts = Contact.objects.bulk_create(
        Contact(
            first_name=who.name_en,
            last_name=who.name_bn,
            email=f"{who.mail_name}@example.com",
            phone=f"+88011{who.subscriber}",
            address=home,
            description=TEXT,
            created_by=staff[number % len(staff)],
            is_active=True,
        )
        for (number, who, _since), home in zip(some, homes, strict=True)
    )
    Contact.assigned_to.through.objects.bulk_create(
        Contact.assigned_to.through(contact=contact, user=staff[number % len(staff)])
        for (number, _who, _since), contact in zip(some, contacts, strict=True)
    )
    cases, of_whom = [], []
    for (number, who, since), contact in zip(some, contacts, strict=True):
        for second in (0, 1):
            agent = staff[number % len(staff)]
            cases.append(
                Case(
                    name=f"Refrigerator does not cool {number}-{second} {who.name_en}"[:64],
                    status="New" if number >= count * 0.96 and second else "Closed",
                    priority=("Low", "Normal", "High", "Urgent")[number % 4],
                    case_type="Problem",
                    closed_on=(since + timedelta(weeks=5 * second, days=3)).date(),
                    description=f"{TEXT * 3} {who.name_bn} 011{who.subscriber}",
                    created_by=agent,
                    is_active=True,
                )
            )
            of_whom.append((contact, agent))
    Case.objects.bulk_create(cases)
    pairs = list(zip(cases, of_whom, strict=True))
    Case.contacts.through.objects.bulk_create(
        Case.contacts.through(case=case, contact=contact) for case, (contact, _agent) in pairs
    )
    Case.assigned_to.through.objects.bulk_create(
        Case.assigned_to.through(case=case, user=agent) for case, (_contact, agent) in pairs
    )
    Comment.objects.bulk_create(
        Comment(case=case, comment=TEXT, commented_by=agent) for case, (_contact, agent) in pairs for _third in range(3)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
