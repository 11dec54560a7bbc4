"""Any part of a text, on the real database: what the index says is what the texts hold."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.foundation.core.trigrams import MIN_PART, TextTable, TrigramIndex, forget_deleted_everywhere, index_name

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = TextTable(table="hk_words", column="text", key="number")
LETTERS = "abk রহিম্ক\n%_\"'01"


@pytest.fixture
def words():
    """A table of texts under the index, taken away afterwards."""
    operation = TrigramIndex("hk_words", "text", "number")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE hk_words (number integer PRIMARY KEY, text text NOT NULL)")
        cursor.execute("INSERT INTO hk_words VALUES (1, %s)", ["written before the index"])
    with connection.schema_editor() as editor:
        operation.database_forwards("core", editor, None, None)
    yield write
    with connection.schema_editor() as editor:
        operation.database_backwards("core", editor, None, None)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE hk_words")


def write(rows):
    """The table holds exactly these texts from now on, by update, insert and delete."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT number FROM hk_words")
        present = {row[0] for row in cursor.fetchall()}
        for number, text in rows.items():
            if number in present:
                cursor.execute("UPDATE hk_words SET text = %s WHERE number = %s", [text, number])
            else:
                cursor.execute("INSERT INTO hk_words VALUES (%s, %s)", [number, text])
        for number in present - rows.keys():
            cursor.execute("DELETE FROM hk_words WHERE number = %s", [number])


def test_what_was_there_before_the_index_is_found(words):
    assert WORDS.ids("efore the", 10) == [1]


def test_part_of_a_bengali_word_is_found_and_short_parts_are_refused(words):
    words({1: "রহিম উদ্দিন", 2: "আব্দুর রহিম", 3: "করিম"})
    assert sorted(WORDS.ids("রহিম", 10)) == [1, 2]
    assert WORDS.ids("দ্দি", 10) == [1]
    assert WORDS.ids("রহ", 10) == []
    assert len(WORDS.ids("রহিম", 1)) == 1


def test_trigrams_that_stand_apart_are_not_taken_for_the_part(words):
    # All trigrams of "abcd" stand in the text, but not the part itself: the index alone would say yes.
    words({1: "abc bcd"})
    assert WORDS.ids("abcd", 10) == []
    assert WORDS.ids("abc", 10) == [1]


def test_a_text_that_went_or_changed_is_not_found_any_more(words):
    words({1: "first secret", 2: "second secret"})
    words({2: "open"})
    assert (WORDS.ids("secret", 10), WORDS.ids("open", 10)) == ([], [2])
    WORDS.forget_deleted()
    assert (WORDS.ids("open", 10), WORDS.disagreements()) == ([2], 0)


@pytest.mark.sqlite_only
def test_no_trace_of_a_deleted_text_is_left_after_tidying(words):
    def traces():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM hk_words_trigrams_data WHERE instr(block, CAST('zqx' AS blob)) > 0")
            return cursor.fetchone()[0]

    words({**{number: f"rahim {number}" for number in range(1, 40)}, 99: "zqx canary"})
    words({number: f"rahim {number}" for number in range(1, 40)})
    assert traces() > 0  # the twin: deleted, and still there
    forget_deleted_everywhere()
    assert traces() == 0
    assert (len(WORDS.ids("rahim", 100)), WORDS.disagreements()) == (39, 0)


def test_rolled_back_writing_leaves_no_trace(words):
    words({1: "stays"})
    with pytest.raises(ZeroDivisionError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE hk_words SET text = 'goes'")
        raise ZeroDivisionError
    assert (WORDS.ids("stays", 10), WORDS.ids("goes", 10)) == ([1], [])


@pytest.mark.sqlite_only
def test_without_its_triggers_the_index_is_found_to_disagree(words):
    """The twin: what the check says when nothing keeps the index in step."""
    words({1: "one two"})
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER hk_words_trigrams_update")
        cursor.execute("UPDATE hk_words SET text = 'three four'")
    assert WORDS.disagreements() == 1
    assert WORDS.ids("three", 10) == []


@given(
    texts=st.dictionaries(st.integers(1, 6), st.text(st.sampled_from(LETTERS), max_size=12), max_size=6),
    part=st.text(st.sampled_from(LETTERS), min_size=MIN_PART, max_size=6),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_index_agrees_with_python(words, texts, part):
    words(texts)
    assert set(WORDS.ids(part, 100)) == {number for number, text in texts.items() if part in text}


def indexed_tables():
    """Every table that some migration put under the index."""
    from django.db.migrations.loader import MigrationLoader

    return sorted(
        {
            (operation.table, operation.column, operation.key)
            for migration in MigrationLoader(connection).disk_migrations.values()
            for operation in migration.operations
            if isinstance(operation, TrigramIndex)
        }
    )


def test_every_indexed_table_still_has_its_index_after_all_migrations():
    """A later migration that makes SQLite write a table anew takes its triggers away; this says so."""
    tables = indexed_tables()
    assert {"customers_searchtext", "customers_organizationtext", "tickets_ticket"} <= {table for table, _, _ in tables}
    with connection.cursor() as cursor:
        for table, column, key in tables:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index_name(table)])
                assert "gin_trgm_ops" in cursor.fetchone()[0]
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
                triggers = {row[0] for row in cursor.fetchall()}
                expected = {f"{index_name(table)}_{action}" for action in ("insert", "update", "delete")}
                assert expected <= triggers, f"{table}: run TrigramIndex again after the migration that rewrote it"
            assert TextTable(table=table, column=column, key=key).disagreements() == 0
