# ruff: noqa: E402 - Django is set up before its models are imported
"""Fills DjangoCRM by its own models in bulk: COUNT contact persons, each of a company of its own, two requests each.

A contact person needs a company there. A request with the mark “case” is what comes nearest to a ticket.
"""

import os
import sys
from datetime import timedelta
from itertools import islice

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
import django

django.setup()

from common.models import Department
from crm.models import Company, Contact, Request
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection

from bench.peers.people import people

BATCH = 2_500
TEXT = "It runs all day and the milk is warm in the evening. The door closes well. "


def main(count: int) -> None:
    """Make the tables and the rows."""
    os.environ |= {
        "DJANGO_SUPERUSER_USERNAME": "owner",
        "DJANGO_SUPERUSER_EMAIL": "owner@example.com",
        "DJANGO_SUPERUSER_PASSWORD": "seven quiet rivers at dawn",
    }
    call_command("setupdata")
    department = Department.objects.order_by("pk")[0]
    managers = Group.objects.get(name="managers")
    staff = [
        User.objects.create_user(f"agent{number}", f"agent{number}@example.com", is_staff=True) for number in range(60)
    ]
    for agent in staff:
        agent.groups.add(managers.pk, department.pk)
    everybody = people(count)
    while some := list(islice(everybody, BATCH)):
        write(some, count, staff, department)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def write(some: list, count: int, staff: list[User], department: Department) -> None:
    """Some people with their companies and requests."""
    companies = Company.objects.bulk_create(
        Company(
            full_name=f"{who.name_en} {number}",
            email=f"{who.mail_name}@example.com",
            phone=f"011{who.subscriber}",
            city_name="Dhaka",
            owner=staff[number % len(staff)],
            department=department,
            creation_date=since,
        )
        for number, who, since in some
    )
    contacts = Contact.objects.bulk_create(
        Contact(
            first_name=who.name_en.split()[0],
            middle_name=" ".join(who.name_bn.split()),
            last_name=who.name_en.split()[-1],
            email=company.email,
            phone=company.phone,
            company=company,
            owner=company.owner,
            department=department,
            creation_date=since,
        )
        for (_number, who, since), company in zip(some, companies, strict=True)
    )
    Request.objects.bulk_create(
        Request(
            request_for=f"Refrigerator does not cool {contact.last_name}",
            first_name=contact.first_name,
            last_name=contact.last_name,
            email=contact.email,
            phone=contact.phone,
            company_name=contact.company.full_name,
            description=f"{TEXT * 3} {who.name_bn} {contact.phone}",
            contact=contact,
            company=contact.company,
            owner=contact.owner,
            department=department,
            case=True,
            pending=number >= count * 0.96 and bool(second),
            creation_date=since + timedelta(weeks=5 * second),
            receipt_date=(since + timedelta(weeks=5 * second)).date(),
        )
        for (number, who, since), contact in zip(some, contacts, strict=True)
        for second in (0, 1)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
