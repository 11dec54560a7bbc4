"""What is remembered of the settings is never older than the settings, by whatever road they were written."""

import importlib
import os
import subprocess
import sys
import threading

import pytest
from django.db import connection, transaction

from halkhata.engines.work.models import (
    BranchCalendar,
    BusinessCalendar,
    CalendarDay,
    CalendarDayInterval,
    CalendarInterval,
    ChecklistTemplate,
    ChecklistTemplateLine,
    EscalationRule,
    SlaPolicy,
    SlaTarget,
    TermsStamp,
)
from halkhata.engines.work.selectors.shop_terms import shop_terms
from halkhata.engines.work.stamped import Stamped

WATCHED = (
    SlaPolicy, SlaTarget, BusinessCalendar, CalendarInterval, CalendarDay, CalendarDayInterval, BranchCalendar,
    EscalationRule, ChecklistTemplate, ChecklistTemplateLine,
)  # fmt: skip


def stamp():
    return TermsStamp.objects.values_list("value", flat=True).first()


def first_minutes(policy):
    return shop_terms().targets[policy.pk]["normal"].first_response.total_seconds() / 60


def test_every_watched_table_has_its_triggers_after_all_migrations(db):
    # SQLite rebuilds a table to change it, and a rebuilt table has lost its triggers.
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_stamp_%'")
            expected = 3
        else:
            cursor.execute(
                "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE '%_stamp'"
            )
            expected = 1
        found = [row[0] for row in cursor.fetchall()]
    assert {model._meta.db_table: found.count(model._meta.db_table) for model in WATCHED} == {
        model._meta.db_table: expected for model in WATCHED
    }


def test_the_operation_watches_exactly_what_the_terms_are_read_from():
    migration = importlib.import_module("halkhata.engines.work.migrations.0004_terms_stamp").Migration
    (operation,) = [step for step in migration.operations if isinstance(step, Stamped)]
    assert set(operation.tables) == {model._meta.db_table for model in WATCHED}


def test_unchanged_terms_cost_one_query_and_are_the_same_object(shop, django_assert_num_queries):
    first = shop_terms()
    with django_assert_num_queries(1):
        assert shop_terms() is first


@pytest.mark.parametrize("road", ["create", "update", "delete", "bulk_create", "raw"])
def test_each_road_of_writing_draws_a_new_stamp(shop, road):
    target = SlaTarget.objects.get(policy=shop.policy, priority="normal", metric="first")
    before = stamp()
    if road == "create":
        ChecklistTemplate.objects.create(code="new", kind="complaint", name_en="New")
    elif road == "update":
        SlaTarget.objects.filter(pk=target.pk).update(minutes=7)
    elif road == "delete":
        EscalationRule.objects.all().delete()
        target.delete()
    elif road == "bulk_create":
        EscalationRule.objects.bulk_create([EscalationRule(level=2, trigger="breach")])
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE work_slatarget SET minutes = 7 WHERE id = %s", [target.pk])
    assert before is not None
    assert stamp() not in {before, None}


def test_edit_is_seen_by_the_next_look_and_gone_again_after_a_rollback(shop):
    assert first_minutes(shop.policy) == 120
    row = SlaTarget.objects.filter(policy=shop.policy, priority="normal", metric="first")
    with pytest.raises(RuntimeError), transaction.atomic():
        row.update(minutes=15)
        assert first_minutes(shop.policy) == 15
        raise RuntimeError
    assert first_minutes(shop.policy) == 120
    # The next edit after a rolled-back one must not meet what was remembered of that.
    row.update(minutes=30)
    assert first_minutes(shop.policy) == 30


@pytest.mark.django_db(transaction=True)
def test_uncommitted_edit_of_another_connection_is_not_seen_and_the_committed_one_is(shop):
    assert first_minutes(shop.policy) == 120
    written, looked = threading.Event(), threading.Event()

    def edit():
        with transaction.atomic():
            SlaTarget.objects.filter(policy=shop.policy, priority="normal", metric="first").update(minutes=45)
            assert first_minutes(shop.policy) == 45
            written.set()
            looked.wait(10)
        connection.close()

    thread = threading.Thread(target=edit)
    thread.start()
    assert written.wait(10)
    during = first_minutes(shop.policy)
    looked.set()
    thread.join()
    assert during == 120
    assert first_minutes(shop.policy) == 45


@pytest.mark.sqlite_only
@pytest.mark.django_db(transaction=True)
def test_edit_by_another_process_is_seen(shop):
    assert first_minutes(shop.policy) == 120
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        " c.execute('UPDATE work_slatarget SET minutes = 9'); c.commit()"
    )
    name = str(connection.settings_dict["NAME"])
    subprocess.run([sys.executable, "-c", script, name], check=True, env=dict(os.environ))
    assert first_minutes(shop.policy) == 9


def test_without_a_stamp_nothing_is_remembered(shop):
    TermsStamp.objects.all().delete()
    assert first_minutes(shop.policy) == 120
    assert shop_terms() is not shop_terms()


def test_a_calendar_nothing_can_be_made_of_leaves_the_others_alone(shop, caplog):
    broken = BusinessCalendar.objects.create(code="broken", name_en="Broken", zone="Nowhere/At_All")
    known = shop_terms().calendars
    assert broken.pk not in known
    assert shop.calendar.pk in known
    assert f"calendar {broken.pk} cannot be read" in caplog.text
