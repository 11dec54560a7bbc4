"""The two databases behind one face: take a snapshot, load one beside the living one, put it in its place."""

from django.db import connection

from halkhata.foundation.backups.databases.face import Database
from halkhata.foundation.backups.databases.postgresql import PostgresqlDatabase
from halkhata.foundation.backups.databases.sqlite import SqliteDatabase

__all__ = ["Database", "our_database"]


def our_database() -> Database:
    """The one that this install is set to use. Nothing is opened yet."""
    values = connection.settings_dict
    return PostgresqlDatabase(values) if connection.vendor == "postgresql" else SqliteDatabase(values)
