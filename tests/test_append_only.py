"""Tables that only grow: the database refuses, whatever the code does."""

import importlib

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from halkhata.foundation.audit import trail
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.append_only import AppendOnly, suspended
from halkhata.foundation.core.models import Installation

pytestmark = pytest.mark.django_db(transaction=True)


def append_only_tables() -> list[str]:
    """Every table that some migration made append-only."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    return sorted(
        {
            operation.table
            for migration in loader.disk_migrations.values()
            for operation in migration.operations
            if isinstance(operation, AppendOnly)
        }
    )


def _entry() -> AuditEntry:
    with transaction.atomic():
        return trail.record(actor=None, action="test.act", record=Installation(pk=1))


def test_audit_trail_and_work_history_are_among_them():
    assert {"audit_auditentry", "work_workevent"} <= set(append_only_tables())


def test_every_one_still_has_its_triggers_after_all_migrations():
    # SQLite rebuilds a table to change it, and a rebuilt table has lost its triggers.
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' "
                "AND name LIKE '%append_only%' GROUP BY tbl_name"
            )
            expected = 2
        else:
            cursor.execute(
                "SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE NOT tgisinternal AND tgname LIKE '%_append_only' GROUP BY relname"
            )
            expected = 1
        triggers = dict(cursor.fetchall())
    for table in append_only_tables():
        assert triggers.get(table) == expected, table


def test_update_is_refused():
    entry = _entry()
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.filter(pk=entry.pk).update(action="test.other")
    entry.refresh_from_db()
    assert entry.action == "test.act"


def test_delete_is_refused():
    entry = _entry()
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.filter(pk=entry.pk)._raw_delete(using="default")
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_suspended_lifts_the_rule_and_puts_it_back():
    entry = _entry()
    with transaction.atomic(), suspended("audit_auditentry"):
        AuditEntry.objects.filter(pk=entry.pk).delete()
    assert not AuditEntry.objects.filter(pk=entry.pk).exists()
    other = _entry()
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.filter(pk=other.pk).update(action="test.other")


def test_failure_while_suspended_brings_rule_and_rows_back():
    entry = _entry()
    with pytest.raises(ZeroDivisionError), transaction.atomic(), suspended("audit_auditentry"):
        AuditEntry.objects.filter(pk=entry.pk).delete()
        raise ZeroDivisionError
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.filter(pk=entry.pk).update(action="test.other")


def test_suspended_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="inside a transaction"), suspended("audit_auditentry"):
        pytest.fail("the rule was lifted")


def test_operation_is_written_into_migrations_by_its_own_name():
    name, arguments, keywords = AppendOnly("audit_auditentry").deconstruct()
    module = importlib.import_module(AppendOnly.__module__)
    assert getattr(module, name)(*arguments, **keywords).table == "audit_auditentry"
    assert apps.get_model("audit", "AuditEntry")._meta.db_table == "audit_auditentry"
