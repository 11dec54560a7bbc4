"""The walked shop, built once for each file and rolled back at its end."""

import pytest
from django.db import transaction
from django.test import override_settings

from tests.permissions.records import build


@pytest.fixture(scope="module")
def walked(django_db_setup, django_db_blocker):
    """The records and people of ``records.py``, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), override_settings(API_RATE=10**7, API_FAILURES=10**7), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
