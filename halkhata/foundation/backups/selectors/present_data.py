"""What stands in the living database, asked without Django's models: its tables may be of any version, or absent."""

from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction

from halkhata.foundation.backups.databases import Database


@dataclass(frozen=True)
class PresentData:
    """Whether anybody's data are there, and which install's."""

    has_data: bool
    install: str


def present_data(database: Database) -> PresentData:
    """Look, and leave no connection behind: the database is about to be moved."""
    if not database.exists():
        return PresentData(False, "")
    try:
        people = _ask("SELECT count(*) FROM accounts_user")
        install = _ask("SELECT install FROM backups_backupsettings")
    finally:
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    return PresentData(bool(people), str(install or "").replace("-", ""))


def _ask(sql: str) -> Any:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
    except DatabaseError:
        return None
    return row[0] if row else None
