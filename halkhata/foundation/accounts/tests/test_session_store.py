"""Sessions read by a kept statement (accounts/session_store.py)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from halkhata.foundation.accounts.session_store import SessionStore

pytestmark = pytest.mark.django_db


def stored(**data):
    session = SessionStore()
    session.update(data)
    session.save()
    return session.session_key


def test_the_house_uses_it():
    assert SessionStore.__module__ == settings.SESSION_ENGINE


def test_each_session_has_its_own_data_in_one_query(django_assert_num_queries):
    first, second = stored(colour="red"), stored(colour="green")
    for key, colour in ((first, "red"), (second, "green"), (first, "red")):
        with django_assert_num_queries(1):
            assert SessionStore(key)["colour"] == colour


def test_a_session_that_ran_out_or_never_was_is_empty_and_its_key_forgotten():
    key = stored(colour="red")
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    for wanted in (key, "nobodyever12345678"):
        session = SessionStore(wanted)
        assert dict(session.items()) == {}
        assert session.session_key is None
