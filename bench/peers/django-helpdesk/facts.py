# ruff: noqa: E402 - Django is set up before its models are imported
"""Prints version, session and the pages to measure."""

import json
import os
import random
import sys
from importlib.metadata import version
from urllib.parse import urlencode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
import django

django.setup()

from django.contrib.auth import get_user_model
from django.test import Client
from helpdesk.models import Ticket
from helpdesk.query import query_to_base64

client = Client()
client.force_login(get_user_model().objects.get(username="owner"))
dice = random.Random(7)
last = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first()
first = Ticket.objects.order_by("pk").values_list("pk", flat=True).first()
sample = [dice.randint(first, last) for _turn in range(40)]
tickets = [Ticket.objects.get(pk=pk) for pk in sample]
texts = [(ticket.title.split()[-1][:5], ticket.title.split()[-1][:5]) for ticket in tickets[:10]]
phones = [(ticket.description.rstrip()[-6:], ticket.submitter_email) for ticket in tickets[:10]]
UNFINISHED = {"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": ""}
ROWS = {"has": '"priority_badge_class"', "without": '"recordsFiltered": 0'}


def rows(query: dict[str, object]) -> dict[str, str]:
    """The call by which the list page fetches its rows."""
    asked = urlencode({"draw": 1, "start": 0, "length": 25, "order[0][column]": 0, "order[0][dir]": "desc"})
    return {"path": f"/datatables_ticket_list/{query_to_base64(query)}?{asked}"}


def searched(texts: list[tuple[str, str]]) -> list[dict[str, str]]:
    """The same with words looked for, and what a row that was found has."""
    return [
        {**rows({"filtering": {}, "sorting": "created", "search_string": text}), "has": found} for text, found in texts
    ]


client_cookie = f"sessionid={client.cookies['sessionid'].value}"
json.dump(
    {
        "version": version("django-helpdesk"),
        "headers": {"Cookie": client_cookie},
        "notes": ["The list page comes without rows; a second call fetches them, and both are listed."],
        "cases": [
            {
                "name": "W2 ticket list, the page without rows",
                "requests": [{"path": "/tickets/"}],
                "has": "datatables_ticket_list",
            },
            {"name": "W2 ticket list, the rows of the first page", "requests": [rows(UNFINISHED)], **ROWS},
            {
                "name": "W3 ticket page",
                "requests": [{"path": f"/tickets/{one.pk}/", "has": one.title} for one in tickets],
            },
            {
                "name": "W4 create a ticket through the API",
                "requests": [
                    {
                        "path": "/api/tickets/",
                        "method": "POST",
                        "headers": {
                            "Content-Type": "application/json",
                            "X-CSRFToken": "a" * 32,
                            "Cookie": f"{client_cookie}; csrftoken={'a' * 32}",
                        },
                        "body": json.dumps(
                            {
                                "queue": 1,
                                "title": "Refrigerator does not cool",
                                "priority": 3,
                                "description": "It runs all day and the milk is warm in the evening.",
                                "submitter_email": "someone@example.com",
                            }
                        ),
                    }
                ],
                "has": '"submitter_email":"someone@example.com"',
            },
            {"name": "W5 search, part of a name", "requests": searched(texts), **ROWS},
            {"name": "W5 search, six digits of a phone", "requests": searched(phones), **ROWS},
            {"name": "W6 dashboard", "requests": [{"path": "/dashboard/"}], "has": "Helpdesk Dashboard"},
        ],
    },
    sys.stdout,
)
