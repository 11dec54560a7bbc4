"""The shop of records that the permission walk stands on, for inputs that nobody should send."""

import pytest
from django.db import connections
from django.test import override_settings
from django.urls import reverse

from tests.permissions.matrix import rows
from tests.permissions.records import build
from tests.permissions.walk import walker


@pytest.fixture
def records(db):
    """One person of each ready role, and one of each kind of record: their own and a foreign one."""
    with override_settings(API_RATE=10**7, API_FAILURES=10**7):
        shop = build()
        shop.database = connections["default"]
        yield shop


@pytest.fixture
def as_role(records):
    """``as_role("owner")``: a signed-in client of that ready role."""

    def sign_in(who):
        # Beside Playwright's event loop Django keeps connections by context: the test goes on with the one whose
        # transaction holds the records.
        connections["default"] = records.database
        return walker(who, records).client

    return sign_in


@pytest.fixture
def every_page(records):
    """Name and address of every page that can be looked at, on the owner's own records; the API left out."""
    owner = records.people["owner"]
    found = {}
    for name, row in rows().items():
        if "GET" not in row.rights or row.path.startswith("/api/") or row.own or name == "web:live":
            continue
        args = records.kinds[row.record].own_of(owner) if row.record else ()
        found[name] = reverse(name, args=args)
    return found
