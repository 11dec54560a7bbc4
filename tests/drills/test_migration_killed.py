"""F20: a migration killed anywhere is finished by the next one, and the result is what an undisturbed one makes."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.drills.conftest import BOTH, LONG, ONE
from tests.support.fixtures_process import ROOT

pytestmark = pytest.mark.one_database
on_both = pytest.mark.parametrize("vendor", BOTH)
# make drill kills at thirty moments.
KILLS = 30 if LONG else 3

# Every table, column, index, constraint and trigger, as the database itself describes them.
SCHEMA = """
import hashlib
from django.db import connection
if connection.vendor == "sqlite":
    asked = ["SELECT type, name, tbl_name, sql FROM sqlite_master"]
else:
    asked = [
        "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prolang <> 13",
    ]
digest = hashlib.sha256()
with connection.cursor() as cursor:
    for question in asked:
        cursor.execute(question)
        for row in sorted(map(repr, cursor.fetchall())):
            digest.update(row.encode())
    cursor.execute("SELECT count(*) FROM django_migrations")
    print(digest.hexdigest(), cursor.fetchone()[0])
"""
# Everything that people entered; what migrations write about themselves carries the time of day, as the stamp does that
# tells other processes to read their terms anew.
ROWS = """
import hashlib
from django.db import connection
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names(cursor)):
        people = ("tickets_", "customers_", "work_", "messaging_", "files_", "accounts_", "audit_")
        if table.startswith(people) and table != "work_termsstamp":
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(map(repr, cursor.fetchall()))
            print(table, len(rows), hashlib.sha256("".join(rows).encode()).hexdigest())
"""
# The version before: the newest step of each app that no other app builds on is taken back, data and all.
BACK = """
from django.db import connection
from halkhata.foundation.core.migration_state import LightExecutor
executor = LightExecutor(connection)
graph = executor.loader.graph
targets = []
for app, name in graph.leaf_nodes():
    before = [key for key in graph.node_map[(app, name)].parents if key.key[0] == app]
    is_ours = app not in {"admin", "auth", "axes", "contenttypes", "sessions"}
    if is_ours and before and not graph.node_map[(app, name)].children:
        targets.append(before[0].key)
assert len(targets) > 5, targets
executor.migrate(targets)
print(len(targets))
"""

# All steps as Django itself takes them, without the lighter state of ``halkhata migrate`` (ADR 0022).
BY_DJANGO = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
executor.migrate(executor.loader.graph.leaf_nodes())
"""


def _migrate_and_kill(install, after: float) -> bool:
    """Whether the migration ended by itself before it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "halkhata", "migrate"], env=install.env, cwd=ROOT, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=after)
        return process.returncode == 0
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return False


@on_both
def test_first_migration_killed_again_and_again_ends_with_the_same_schema(new_install):
    undisturbed = new_install("undisturbed", empty=True)
    begin = time.monotonic()
    assert undisturbed.run("migrate").returncode == 0
    whole = time.monotonic() - begin
    wanted = undisturbed.python(SCHEMA)
    killed = new_install("killed", empty=True)
    chance = random.Random(20261122)
    # Each goes on where the last one was killed, so each is killed early in what the whole took.
    ended = [_migrate_and_kill(killed, whole * chance.uniform(0.15, 0.5)) for _ in range(KILLS)]
    assert not all(ended), "nothing was killed: the drill proves nothing"
    done = killed.run("migrate")
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert killed.python(SCHEMA) == wanted


@on_both
def test_upgrade_of_a_used_shop_killed_anywhere_keeps_every_row(new_install):
    undisturbed, killed = new_install("undisturbed"), new_install("killed")
    undisturbed.python(BACK)
    begin = time.monotonic()
    assert undisturbed.run("migrate").returncode == 0
    whole = time.monotonic() - begin
    killed.python(BACK)
    chance = random.Random(1122)
    ended = [_migrate_and_kill(killed, whole * chance.uniform(0.2, 0.7)) for _ in range(KILLS)]
    assert not all(ended), "nothing was killed: the drill proves nothing"
    assert killed.run("migrate").returncode == 0
    assert killed.python(SCHEMA) == undisturbed.python(SCHEMA)
    assert killed.python(ROWS) == undisturbed.python(ROWS)


@pytest.mark.parametrize("vendor", ONE)
def test_lighter_state_makes_the_tables_that_django_s_own_makes(new_install):
    ours, theirs = new_install("ours", empty=True), new_install("theirs", empty=True)
    assert ours.run("migrate").returncode == 0
    theirs.python(BY_DJANGO)
    assert ours.python(SCHEMA) == theirs.python(SCHEMA)
