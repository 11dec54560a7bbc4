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
cases = [Case.objects.get(pk=pk) for pk in dice.sample(list(Case.objects.values_list("pk", flat=True)), 40)]
sample = [Contact.objects.get(pk=pk) for pk in dice.sample(list(Contact.objects.values_list("pk", flat=True)), 40)]
CASE, CONTACT = '"name":"Refrigerator does not cool', '@example.com","phone":"+88011'


def pages(*paths: str) -> list[dict[str, str]]:
    """Calls that only read."""
    return [{"path": path} for path in paths]


def wanting(path: str, has: str) -> dict[str, str]:
    """A call whose answer has these words."""
    return {"path": path, "has": has}


def found(has: str, **words: str) -> dict[str, str]:
    """Contacts that fit; those with a common name are many, and not every one is on the first page."""
    return wanting(f"/api/contacts/?{urlencode(words)}", words.get("name") or has)


NEW = {
    "name": "Refrigerator does not cool {n}",
    "status": "New",
    "priority": "Normal",
    "type_of_case": "Problem",
    "closed_on": "2026-12-01",
    "description": "It runs all day and the milk is warm in the evening.",
    "contacts": json.dumps([sample[0].pk]),
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
            "As installed, each call that creates ends in error 500 (its settings lack a Domain); here given.",
            "Its search looks in one column at a time: the first name (Latin here), or the phone.",
        ],
        "cases": [
            {"name": name, "requests": requests, "has": has, "without": '_count":0,"next'}
            for name, requests, has in (
                ("W2 list of cases, JSON", pages("/api/cases/"), CASE),
                ("W2 list of cases, only new ones, JSON", pages("/api/cases/?status=New"), CASE),
                ("W2 list of contacts, JSON", pages("/api/contacts/"), CONTACT),
                ("W3 one case, JSON", [wanting(f"/api/cases/{one.pk}/", one.name) for one in cases], CASE),
                ("W3 one contact, JSON", [wanting(f"/api/contacts/{one.pk}/", one.email) for one in sample], CONTACT),
                ("W4 create a case", [create], '"error":false'),
                (
                    "W5 search, part of a name",
                    [found(one.first_name, name=one.first_name.split()[-1][:5]) for one in sample[:20]],
                    CONTACT,
                ),
                (
                    "W5 search, six digits of a phone",
                    [found(one.email, phone=str(one.phone)[-6:]) for one in sample[:20]],
                    CONTACT,
                ),
                ("W6 dashboard, JSON", pages("/api/dashboard/"), CONTACT),
            )
        ],
    },
    sys.stdout,
)
