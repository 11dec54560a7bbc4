"""Records read by statements that are written once (foundation/core/kept_sql.py)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import F

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core import kept_sql
from halkhata.foundation.core.kept_sql import SOME_ID, SOME_TEXT, hold_related, kept_objects, kept_row, kept_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(kept_sql, "_readings", {})


def people():
    return User.objects.select_related("branch").prefetch_related("teams").filter(pk=SOME_ID)


def test_records_come_with_what_is_selected_and_prefetched_beside_them(shop, django_assert_num_queries):
    for person in (shop.agent, shop.manager, shop.agent):
        with django_assert_num_queries(2):
            (found,) = kept_objects("person", people, {SOME_ID: person.pk})
            assert found == person
            assert found.branch == person.branch
            teams = list(found.teams.all())
        assert teams == list(person.teams.all())


def test_kept_records_are_read_anew_each_time(shop):
    assert kept_objects("person", people, {SOME_ID: shop.agent.pk})[0].name_en == shop.agent.name_en
    User.objects.filter(pk=shop.agent.pk).update(name_en="Somebody Else")
    (found,) = kept_objects("person", people, {SOME_ID: shop.agent.pk})
    assert found.name_en == "Somebody Else"
    found.name_en = "Third Name"
    found.save()
    assert User.objects.get(pk=shop.agent.pk).name_en == "Third Name"


def test_annotations_deferred_fields_and_texts_are_as_in_the_plain_query(shop):
    def write():
        return User.objects.filter(username=SOME_TEXT).annotate(twice=F("pk") * 2).only("username", "name_bn")[:1]

    (found,) = kept_objects("named", write, {SOME_TEXT: shop.agent.username})
    assert found.twice == shop.agent.pk * 2
    assert "password" in found.get_deferred_fields()
    assert found.name_en == shop.agent.name_en


def test_what_can_find_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        for _turn in range(2):
            assert kept_objects("nobody", lambda: User.objects.filter(pk__in=[]), {}) == []


def test_a_kept_statement_stays_as_it_was_written(shop):
    kept_objects("person", people, {SOME_ID: shop.agent.pk})
    reading = kept_sql._readings[connection.vendor, "person"]
    before = (reading.sql, reading.parameters)
    kept_objects("person", people, {SOME_ID: shop.manager.pk})
    assert (reading.sql, reading.parameters) == before
    assert SOME_ID in reading.parameters


@pytest.mark.django_db(transaction=True)
def test_threads_use_a_kept_statement_on_their_own_connections(shop):
    wanted = [shop.agent, shop.manager] * 4

    def ask(person):
        try:
            return kept_objects("person", people, {SOME_ID: person.pk})[0].pk
        finally:
            connection.close()

    ask(shop.agent)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, wanted)) == [person.pk for person in wanted]


def test_memory_emptied_by_another_thread_at_the_worst_moment_costs_only_time(shop, monkeypatch):
    class Forgetful(dict):
        def __setitem__(self, place, reading):
            super().__setitem__(place, reading)
            self.clear()

    monkeypatch.setattr(kept_sql, "_readings", Forgetful())
    for _turn in range(2):
        assert [one.pk for one in kept_objects("person", people, {SOME_ID: shop.agent.pk})] == [shop.agent.pk]


def test_the_memory_of_readings_has_an_end(monkeypatch):
    monkeypatch.setattr(kept_sql, "_KEPT", 3)
    for number in range(10):
        kept_objects(number, people, {})
        assert len(kept_sql._readings) <= 3


def test_a_number_larger_than_any_column_finds_nothing(shop):
    rows = User.objects.filter(pk=SOME_ID)
    assert kept_objects("large", lambda: rows, {SOME_ID: 10**30}) == []
    assert kept_row("large", lambda: rows.values_list("pk"), {SOME_ID: 10**30}) is None
    assert kept_rows("large", lambda: rows.values_list("pk"), {SOME_ID: shop.agent.pk}) == [(shop.agent.pk,)]


def test_held_records_are_what_the_manager_gives_without_a_question(shop, django_assert_num_queries):
    role = shop.agent.role
    staff = list(User.objects.filter(role=role).order_by("pk"))
    hold_related(role, users=staff)
    with django_assert_num_queries(0):
        assert list(role.users.all()) == staff
        assert all(person.role is role for person in role.users.all())
