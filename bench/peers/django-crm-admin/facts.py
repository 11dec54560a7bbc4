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

from crm.models import Contact, Request
from django.contrib.auth import get_user_model
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse
from django.utils.translation import activate

activate("en")
setup_test_environment()
client = Client()
client.force_login(get_user_model().objects.get(username="owner"))
dice = random.Random(7)
requests = [
    Request.objects.get(pk=pk)
    for pk in dice.sample(list(Request.objects.order_by("pk").values_list("pk", flat=True)), 40)
]
sample = [
    Contact.objects.get(pk=pk)
    for pk in dice.sample(list(Contact.objects.order_by("pk").values_list("pk", flat=True)), 40)
]
ROWS = {"has": 'id="result_list"'}
LIST, CONTACTS = reverse("site:crm_request_changelist"), reverse("site:crm_contact_changelist")
ADD = reverse("site:crm_request_add")


def empty_form() -> dict[str, str]:
    """What a browser would send of the page for a new request, with a complaint written into it."""
    page = client.get(ADD)
    form = page.context["adminform"].form
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    for inline in page.context["inline_admin_formsets"]:
        manage = inline.formset.management_form
        for name, field in manage.fields.items():
            sent[manage.add_prefix(name)] = manage.get_initial_for_field(field, name)
    sent |= {
        "request_for": "Refrigerator does not cool",
        "case": "on",
        "first_name": sample[0].first_name,
        "last_name": sample[0].last_name,
        "email": sample[0].email,
        "phone": sample[0].phone,
        "description": "It runs all day and the milk is warm in the evening.",
        "contact": sample[0].pk,
        "company": sample[0].company_id,
    }
    return {name: str(value) for name, value in sent.items() if value is not False and value not in (None, "", [])}


def searched(texts: list[tuple[str, str]]) -> list[dict[str, str]]:
    """The list of contact persons with words looked for, and what a row that was found has."""
    return [{"path": f"{CONTACTS}?{urlencode({'q': text})}", "has": found} for text, found in texts]


session = f"sessionid={client.cookies['sessionid'].value}"
create = {
    "path": ADD,
    "method": "POST",
    "headers": {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{session}; csrftoken={'a' * 32}",
        "X-CSRFToken": "a" * 32,
    },
    "body": urlencode(empty_form()),
}
json.dump(
    {
        "version": version("django-crm-admin"),
        "headers": {"Cookie": session},
        "notes": ["Signed in as the superuser, on the site for staff."],
        "cases": [
            {"name": "W2 list of requests", "requests": [{"path": LIST}], **ROWS},
            {"name": "W2 list of requests, only open ones", "requests": [{"path": f"{LIST}?pending__exact=1"}], **ROWS},
            {"name": "W2 list of contact persons", "requests": [{"path": CONTACTS}], **ROWS},
            {
                "name": "W3 one request",
                "requests": [
                    {"path": reverse("site:crm_request_change", args=(one.pk,)), "has": one.email} for one in requests
                ],
            },
            {
                "name": "W3 one contact person",
                "requests": [
                    {"path": reverse("site:crm_contact_change", args=(one.pk,)), "has": one.email} for one in sample
                ],
            },
            {"name": "W4 create a request by its form", "requests": [create], "goes_to": LIST},
            {
                "name": "W5 search, part of a name",
                "requests": searched(
                    [
                        (part, part)
                        for one in sample[:10]
                        for part in (one.last_name[:5], one.middle_name.split()[0][:4])
                    ]
                ),
            },
            {
                "name": "W5 search, six digits of a phone",
                "requests": searched([(one.phone[-6:], one.email) for one in sample]),
            },
            {"name": "W6 home", "requests": [{"path": reverse("site:index")}], "has": "Main Menu"},
        ],
    },
    sys.stdout,
)
