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
from common.models import Address, User
from contacts.models import Contact
from django.core.management import call_command
from django.db import connection

from bench.peers.people import people

BATCH = 2_500
TEXT = "It runs all day and the milk is warm in the evening. The door closes well. "
# Who deals with a contact or a case and what was said about it: as many rows again, slow by its models.
BESIDE = (
    "INSERT INTO contacts_contact_assigned_to (contact_id, user_id) SELECT id, created_by_id FROM contacts_contact",
    "INSERT INTO cases_case_assigned_to (case_id, user_id) SELECT id, created_by_id FROM cases_case",
    "INSERT INTO common_comment (case_id, comment, commented_on, commented_by_id)"
    " SELECT id, %s, created_on + hours * interval '1 hour', created_by_id"
    " FROM cases_case, unnest(ARRAY[1, 5, 30]) AS hours ORDER BY id, hours",
)


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
        for statement in BESIDE:
            cursor.execute(statement, [TEXT] if "%s" in statement else [])
        cursor.execute("VACUUM ANALYZE")


def write(some: list, count: int, staff: list[User]) -> None:
    """Some contacts and their cases."""
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
    cases, of_whom = [], []
    for (number, who, since), contact in zip(some, contacts, strict=True):
        for second in (0, 1):
            cases.append(
                Case(
                    name=f"Refrigerator does not cool {number}-{second} {who.name_en}"[:64],
                    status="New" if number >= count * 0.96 and second else "Closed",
                    priority=("Low", "Normal", "High", "Urgent")[number % 4],
                    case_type="Problem",
                    closed_on=(since + timedelta(weeks=5 * second, days=3)).date(),
                    description=f"{TEXT * 3} {who.name_bn} 011{who.subscriber}",
                    created_by=staff[number % len(staff)],
                    is_active=True,
                )
            )
            of_whom.append(contact)
    Case.objects.bulk_create(cases)
    Case.contacts.through.objects.bulk_create(
        Case.contacts.through(case=case, contact=contact) for case, contact in zip(cases, of_whom, strict=True)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
