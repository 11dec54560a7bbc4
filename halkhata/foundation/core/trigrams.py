"""Any part of a text, found through an index of its trigrams: FTS5 on SQLite, pg_trgm on PostgreSQL (A56.19).

A table of folded texts gets the index by the migration operation ``TrigramIndex``; triggers or the database itself
keep it in step, whoever writes. SQLite's index holds neither positions (``detail=none``, a third of the size) nor
lengths, so it answers "all these trigrams, in any order" and the text itself is compared afterwards. LIKE is never
asked of the FTS table: SQLite 3.40 answers it wrongly for Bengali.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations.operations.base import Operation
from django.db.models.expressions import RawSQL

MIN_PART = 3
"""Shorter parts have no trigram; beginnings of words are found otherwise."""

# More do not make the answer smaller, only the question longer.
_MOST_TRIGRAMS = 24
# So much of the index is written anew in one step of tidying: a tenth of a second.
_PAGES_AT_ONCE = 500

_SQLITE_TABLE = (
    """CREATE VIRTUAL TABLE "{index}" USING fts5("{column}", content='{table}', content_rowid='{key}', """
    """tokenize='trigram case_sensitive 1', detail=none, columnsize=0)"""
)
_SQLITE_ADD = """INSERT INTO "{index}"(rowid, "{column}") VALUES (new."{key}", new."{column}");"""
_SQLITE_TAKE = """INSERT INTO "{index}"("{index}", rowid, "{column}") VALUES ('delete', old."{key}", old."{column}");"""
_SQLITE_TRIGGERS = {
    "insert": f'AFTER INSERT ON "{{table}}" BEGIN {_SQLITE_ADD} END',
    "delete": f'AFTER DELETE ON "{{table}}" BEGIN {_SQLITE_TAKE} END',
    "update": (
        'AFTER UPDATE ON "{table}" WHEN old."{column}" IS NOT new."{column}" OR old."{key}" IS NOT new."{key}" '
        f"BEGIN {_SQLITE_TAKE} {_SQLITE_ADD} END"
    ),
}


def index_name(table: str) -> str:
    """What the index of ``table`` is called on both databases."""
    return f"{table}_trigrams"


class TrigramIndex(Operation):
    """Migration operation: index the parts of ``column`` of ``table``, whose whole-number key is ``key``.

    A later migration that makes SQLite write the table anew (most changes of columns do) must be followed by this
    operation again: the triggers go with the old table. Running it again builds the index anew.
    """

    reversible = True

    def __init__(self, table: str, column: str, key: str) -> None:
        self.table, self.column, self.key = table, column, key

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.table, self.column, self.key], {})

    def state_forwards(self, app_label, state) -> None:
        """The index is no part of Django's model state."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        names = {"table": self.table, "column": self.column, "key": self.key, "index": index_name(self.table)}
        if schema_editor.connection.vendor == "postgresql":
            # Trusted since PostgreSQL 13: the owner of a database may do this without being its master.
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm", params=None)
            sql = 'CREATE INDEX "{index}" ON "{table}" USING gin ("{column}" gin_trgm_ops)'
            schema_editor.execute(sql.format(**names), params=None)
            return
        schema_editor.execute(_SQLITE_TABLE.format(**names), params=None)
        for action, body in _SQLITE_TRIGGERS.items():
            trigger = f'CREATE TRIGGER "{names["index"]}_{action}" {body.format(**names)}'
            schema_editor.execute(trigger, params=None)
        schema_editor.execute("""INSERT INTO "{index}"("{index}") VALUES ('rebuild')""".format(**names), params=None)  # noqa: S608

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        index = index_name(self.table)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP INDEX IF EXISTS "{index}"', params=None)
            return
        for action in _SQLITE_TRIGGERS:
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{index}_{action}"', params=None)
        schema_editor.execute(f'DROP TABLE IF EXISTS "{index}"', params=None)

    def describe(self) -> str:
        return f"Index the parts of {self.table}.{self.column}"


@dataclass(frozen=True, kw_only=True, slots=True)
class TextTable:
    """A table under a ``TrigramIndex``."""

    table: str
    column: str
    key: str

    def from_clause(self, alias: str) -> str:
        """``FROM`` of a question for parts: the table as ``alias``, on SQLite reached through its index."""
        if connection.vendor == "postgresql":
            return f'"{self.table}" AS {alias}'
        # CROSS JOIN is SQLite's word for "in this order".
        index = index_name(self.table)
        return f'"{index}" CROSS JOIN "{self.table}" AS {alias} ON {alias}."{self.key}" = "{index}".rowid'

    def condition(self, alias: str, parts: int = 1) -> str:
        """That the text holds all of so many parts; ``parameters`` gives the values, in this order."""
        if connection.vendor == "postgresql":
            return " AND ".join([f'{alias}."{self.column}" LIKE %s'] * parts)
        index = index_name(self.table)
        tests = [f'"{index}" MATCH %s', *[f'instr({alias}."{self.column}", %s) > 0'] * parts]
        return " AND ".join(tests)

    def order(self) -> str:
        """Newest rows first where that costs nothing, so that a limit leaves the oldest out."""
        return "" if connection.vendor == "postgresql" else f' ORDER BY "{index_name(self.table)}".rowid DESC'

    def ids(self, part: str, limit: int) -> list[int]:
        """Keys of at most ``limit`` rows whose text holds ``part``; none for a part shorter than ``MIN_PART``."""
        if len(part) < MIN_PART or limit < 1:
            return []
        with connection.cursor() as cursor:
            cursor.execute(*self.statement(part, limit))
            return [row[0] for row in cursor.fetchall()]

    def statement(self, part: str, limit: int) -> tuple[str, list[Any]]:
        """The same as SQL with its parameters, to stand in another statement; ``part`` has at least ``MIN_PART``."""
        sql = (
            f'SELECT hk_text."{self.key}" FROM {self.from_clause("hk_text")} '  # noqa: S608
            f"WHERE {self.condition('hk_text')}{self.order()} LIMIT {int(limit)}"
        )
        return sql, parameters([part])

    def holding(self, part: str, limit: int) -> RawSQL:
        """The same as a value of the ORM, for ``pk__in``. All that is no parameter in it are our own names."""
        return RawSQL(*self.statement(part, limit))  # noqa: S611

    def key_of(self, alias: str) -> RawSQL:
        """The key of the row that ``from_clause(alias)`` has at hand, as a value of the ORM."""
        return RawSQL(f'{alias}."{self.key}"', [])  # noqa: S611

    def forget_deleted(self) -> None:
        """Leave no trace of deleted texts in the index: SQLite only marks entries as gone until it next tidies up.

        Tidies in small steps, each a transaction of its own, so that other writers have their turns. Must run outside a
        transaction. On PostgreSQL VACUUM does it, for the index as for the table.
        """
        if connection.vendor == "postgresql":
            return
        index = index_name(self.table)
        step = f"""INSERT INTO "{index}"("{index}", rank) VALUES ('merge', %s)"""  # noqa: S608
        with connection.cursor() as cursor:
            pages = -_PAGES_AT_ONCE  # negative at first: all that is there is to be merged, however tidy it looks
            while _changes_of(cursor, step, pages) > 1:
                pages = _PAGES_AT_ONCE

    def disagreements(self) -> int:
        """How often index and table differ; 0 is how it must be. For checks after a crash or a restore."""
        if connection.vendor == "postgresql":
            return 0
        from django.db.utils import DatabaseError

        index = index_name(self.table)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"""INSERT INTO "{index}"("{index}", rank) VALUES ('integrity-check', 1)""")  # noqa: S608
        except DatabaseError:
            return 1
        return 0


def forget_deleted_everywhere() -> None:
    """``TextTable.forget_deleted`` for every index of the database; after an erasure."""
    if connection.vendor == "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' ORDER BY name"
        )
        names = [row[0] for row in cursor.fetchall() if row[0].endswith(index_name(""))]
    for name in names:
        TextTable(table=name.removesuffix(index_name("")), column="", key="").forget_deleted()


def _changes_of(cursor: Any, step: str, pages: int) -> int:
    """How many rows of the index's own tables a step of tidying wrote; fewer than two: nothing is left to do."""
    cursor.execute("SELECT total_changes()")
    before = cursor.fetchone()[0]
    cursor.execute(step, [pages])
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0] - before)


def parameters(parts: list[str]) -> list[Any]:
    """The values of ``TextTable.condition`` for these parts, each of at least ``MIN_PART`` characters."""
    if connection.vendor == "postgresql":
        return [f"%{connection.ops.prep_for_like_query(part)}%" for part in parts]
    return [_match(parts), *parts]


def _match(parts: list[str]) -> str:
    """All trigrams of the parts, as FTS5 asks for them; a quoted text of three characters is one trigram."""
    trigrams = dict.fromkeys(part[at : at + 3] for part in parts for at in range(len(part) - 2))
    return " AND ".join('"{}"'.format(trigram.replace('"', '""')) for trigram in list(trigrams)[:_MOST_TRIGRAMS])
