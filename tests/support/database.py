"""Bends Django's settings and test database to the tests: a file for SQLite, no pool for PostgreSQL, fast passwords."""

from pathlib import Path
from typing import Any

from django.conf import settings


def prepare_settings(folder: Path) -> None:
    """Change what differs in tests. Runs once, after the settings are loaded and before Django opens a connection."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True
    database: dict[str, Any] = settings.DATABASES["default"]
    if database["ENGINE"].endswith("postgresql"):
        # A pool keeps connections open, and a database with open connections cannot be dropped. The processes that
        # tests start read the environment and so have their pool.
        database["OPTIONS"].pop("pool", None)
        database["TEST"] = {**database.get("TEST", {}), "NAME": "test_halkhata"}
    else:
        # A file and not memory: threads and processes that a test starts must see the same rows.
        database["TEST"] = {**database.get("TEST", {}), "NAME": str(folder / "test.sqlite3")}
    _let_flush_empty_guarded_tables()


def _let_flush_empty_guarded_tables() -> None:
    """Tests with real transactions empty all tables afterwards; on SQLite the triggers that guard rows would refuse.

    Every trigger that guards or counts is put aside for the flush, not only those of append-only tables: one that keeps
    the lines of a sent claim, or counts them anew below what is paid, would leave the tables full, and each later test
    of that worker would find them so. Those that keep the search index and the stamp of the terms true stay.
    PostgreSQL uses TRUNCATE, which row triggers do not see.
    """
    from django.db.backends.sqlite3.base import DatabaseOperations

    original = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [row for row in cursor.fetchall() if "_trigrams_" not in row[0] and "_stamp_" not in row[0]]
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            original(self, sql_list)
        finally:
            with self.connection.cursor() as cursor:
                for _name, sql in triggers:
                    cursor.execute(sql)

    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


def database_url() -> str:
    """What HALKHATA_DATABASE_URL must be for a process that a test starts to use the test's own database."""
    from urllib.parse import quote

    from django.db import connection

    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return (
        f"postgresql://{quote(values['USER'])}:{quote(values['PASSWORD'])}@{values['HOST']}:{values['PORT']}"
        f"/{quote(values['NAME'])}"
    )


def flush_all() -> None:
    """Empty all tables, as pytest-django does after a test with real transactions."""
    from django.core.management import call_command

    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
