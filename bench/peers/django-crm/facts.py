# ruff: noqa: E402 - Django is set up before its models are imported
"""Prints version, session and the calls to measure."""

import json
import os
import random
import sys
from importlib.metadata import version
from urllib.parse import urlencode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
import django

django.setup()

from cases.models import Case
from common.models import User
from common.utils import jwt_payload_handler
from contacts.models import Contact
from rest_framework_jwt.serializers import jwt_encode_handler

token = jwt_encode_handler(jwt_payload_handler(User.objects.get(username="owner")))
dice = random.Random(7)
cases = dice.sample(list(Case.objects.values_list("pk", flat=True)), 40)
sample = dice.sample(list(Contact.objects.values_list("pk", "first_name", "last_name", "phone")), 40)


def pages(*paths: str) -> list[dict[str, str]]:
    """Calls that only read."""
    return [{"path": path} for path in paths]


def found(**words: str) -> dict[str, str]:
    """Contacts that fit."""
    return {"path": f"/api/contacts/?{urlencode(words)}"}


NEW = {
    "name": "Refrigerator does not cool {n}",
    "status": "New",
    "priority": "Normal",
    "type_of_case": "Problem",
    "closed_on": "2026-12-01",
    "description": "It runs all day and the milk is warm in the evening.",
    "contacts": json.dumps([sample[0][0]]),
}
create = {
    "path": "/api/cases/",
    "method": "POST",
    "headers": {"Content-Type": "application/json"},
    "body": json.dumps(NEW),
}
json.dump(
    {
        "version": version("django-crm"),
        "headers": {"Authorization": f"JWT {token}"},
        "notes": [
            "JSON, no pages: its package has none but mail.",
            "The list of cases carries every contact and every user; the dashboard carries every contact.",
            "Its search looks in one column at a time: the first name (Latin here), or the phone.",
        ],
        "cases": [
            {"name": name, "requests": requests, "has": has, "without": '"contacts_count":0'}
            for name, requests, has in (
                ("W2 list of cases, JSON", pages("/api/cases/"), '"cases"'),
                ("W2 list of cases, only new ones, JSON", pages("/api/cases/?status=New"), '"cases"'),
                ("W2 list of contacts, JSON", pages("/api/contacts/"), '"contact_obj_list"'),
                ("W3 one case, JSON", pages(*(f"/api/cases/{pk}/" for pk in cases)), '"cases_obj"'),
                ("W3 one contact, JSON", pages(*(f"/api/contacts/{one[0]}/" for one in sample)), '"contact_obj"'),
                ("W4 create a case", [create], '"error":false'),
                (
                    "W5 search, part of a name",
                    [found(name=one[1].split()[-1][:5]) for one in sample[:20]],
                    '"contact_obj_list"',
                ),
                (
                    "W5 search, six digits of a phone",
                    [found(phone=str(one[3])[-6:]) for one in sample[:20]],
                    '"contact_obj_list"',
                ),
                ("W6 dashboard, JSON", pages("/api/dashboard/"), '"contacts_count"'),
            )
        ],
    },
    sys.stdout,
)
