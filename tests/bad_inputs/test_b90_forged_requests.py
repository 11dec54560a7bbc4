"""B90: every address that changes something, without a token, with a wrong one, from another site, as another type."""

import json

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.permissions.matrix import CUSTOMER, rows
from tests.permissions.walk import BACKEND, digest

# These carry a signed secret of their own in the form or the address, and act for nobody who is signed in; the API
# takes no cookie at all.
NO_COOKIE_COUNTS = ("portal:", "api", "sms:hook_", "chat:hook")
FORGERIES = {
    "no token": {},
    "wrong token": {"data": {"csrfmiddlewaretoken": "x" * 64}},
    "another site": {"headers": {"origin": "https://evil.test", "x-csrftoken": "x" * 32}},
    "text/plain json": {"data": json.dumps({"a": 1}), "content_type": "text/plain"},
}


@pytest.mark.parametrize("how", FORGERIES)
def test_forged_request_is_refused_everywhere_and_changes_nothing(records, how):
    client = Client(enforce_csrf_checks=True)
    client.force_login(records.people["owner"], backend=BACKEND)
    before, wrong, tried = digest(), {}, 0
    for name, row in rows().items():
        if "POST" not in row.rights or name.startswith(NO_COOKIE_COUNTS):
            continue
        args = records.kinds[row.record].own_of(records.people["owner"]) if row.record else ()
        with transaction.atomic():
            answer = client.post(reverse(name, args=args), **FORGERIES[how])
        tried += 1
        if answer.status_code not in {403, 404, 405}:
            wrong[name] = answer.status_code
    assert wrong == {}
    assert digest() == before
    assert tried > 70


def test_what_changes_something_is_never_reached_by_looking(records, as_role):
    """As GET: 405 for whatever takes POST alone."""
    client = as_role("owner")
    before = digest()
    for name, row in rows().items():
        # A customer's page asks for the code first, whatever the method.
        if set(row.rights) != {"POST"} or name.startswith("api") or CUSTOMER in row.rights.values():
            continue
        args = records.kinds[row.record].own_of(records.people["owner"]) if row.record else ()
        assert client.get(reverse(name, args=args)).status_code == 405, name
    assert digest() == before


def test_views_without_the_check_are_the_ones_that_need_none():
    from django.urls import get_resolver

    def walk(resolver, namespaces=()):
        for entry in resolver.url_patterns:
            if hasattr(entry, "url_patterns"):
                yield from walk(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces)
            else:
                yield ":".join((*namespaces, entry.name or "")), entry.callback

    exempt = {name for name, view in walk(get_resolver()) if getattr(view, "csrf_exempt", False)}
    assert {name for name in exempt if not name.startswith(NO_COOKIE_COUNTS)} == set()


def test_cookies_of_a_sign_in_stay_with_this_site(records, settings):
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    client = Client()
    client.post("/sign-in/", {"username": records.people["owner"].username, "password": "nine plain words"})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
