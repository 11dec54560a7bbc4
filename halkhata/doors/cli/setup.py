"""Starts Django for a command, and turns what is wrong with settings or database into one sentence."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from halkhata.doors.cli.errors import CommandError
from halkhata.foundation.core.server_options import server_options


def set_up(*, need_migrated: bool = False, need_database: bool = True) -> None:
    """Load the settings, start Django, and reach the database (unless ``need_database`` is False).

    Raises CommandError with one sentence when a setting is wrong, a restore is under way, the database cannot be
    reached, or (``need_migrated``) its tables are not those of this version.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.environment import ConfigurationError

    try:
        import django

        django.setup()
    except ConfigurationError as error:
        raise CommandError(str(error)) from error
    from halkhata.doors.cli.interrupted_restore import claim_data

    claim_data()
    if not need_database:
        return
    check_database()
    if need_migrated and (pending := pending_migrations()):
        raise CommandError(
            f"The database is not up to date ({len(pending)} steps are missing, the first is {pending[0]}): "
            "run “halkhata migrate” first."
        )


def close_database() -> None:
    """Close every connection, and the pool behind them with its threads."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def pending_migrations() -> list[str]:
    """Names of the migrations that this version has and the database has not."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def check_database() -> None:
    """Open the database once. Raises CommandError with one sentence for what keeps it shut."""
    from django.conf import settings

    values: dict[str, Any] = dict(settings.DATABASES["default"])
    if values["ENGINE"].endswith("postgresql"):
        _check_postgresql(values)
    else:
        _check_sqlite(Path(values["NAME"]))


def _check_sqlite(file: Path) -> None:
    if file.is_dir():
        raise CommandError(f"The database {file} is a folder: HALKHATA_DATABASE_URL must name a file.")
    if not file.parent.is_dir():
        raise CommandError(
            f"The folder {file.parent} of the database does not exist: make it, or change HALKHATA_DATABASE_URL."
        )
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise CommandError(f"Halkhata may not write to its database {file}: give this user write permission.")
    try:
        connection = sqlite3.connect(file)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        raise CommandError(f"The database {file} cannot be opened: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise CommandError(f"The file {file} is no SQLite database: {error}.") from error


def _check_postgresql(values: dict[str, Any]) -> None:
    import psycopg

    try:
        psycopg.connect(
            dbname=values["NAME"],
            user=values["USER"] or None,
            password=values["PASSWORD"] or None,
            host=values["HOST"] or None,
            port=values["PORT"] or None,
            **{"connect_timeout": 5, **server_options(values)},
        ).close()
    except psycopg.Error as error:
        raise CommandError(explain_refusal(str(error), values)) from error


def explain_refusal(words: str, values: dict[str, Any]) -> str:
    """One sentence for what PostgreSQL (or the network before it) said when it refused a connection."""
    place = f"{values['HOST'] or 'the local socket'}, port {values['PORT']}"
    name, user = values["NAME"], values["USER"] or "the user of this process"
    said = words.lower()
    if f'database "{name.lower()}" does not exist' in said:
        return f"PostgreSQL at {place} has no database “{name}”: create it with “createdb {name}”."
    if "password" in said or "authentication failed" in said or ("role" in said and "does not exist" in said):
        return f"PostgreSQL at {place} does not let “{user}” in: user or password in HALKHATA_DATABASE_URL is wrong."
    if "resolve" in said or "name or service not known" in said or "translate host" in said:
        return f"The host “{values['HOST']}” in HALKHATA_DATABASE_URL cannot be found."
    if any(part in said for part in ("refused", "timeout", "timed out", "unreachable", "no such file", "no route")):
        return f"No PostgreSQL answers at {place}: start it, or change HALKHATA_DATABASE_URL."
    first = next((line.strip() for line in words.splitlines() if line.strip()), "no reason given")
    return f"PostgreSQL at {place} refused the connection: {first}."
