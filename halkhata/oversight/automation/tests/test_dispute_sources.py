"""What the desks give to the file of a dispute."""

from django.apps import apps

from halkhata.desks.disputes.registry import evidence_words
from halkhata.desks.disputes.selectors.plain_words import label_of_column
from halkhata.oversight.automation.dispute_sources import _SKIPPED, TABLES, WORDS
from halkhata.oversight.automation.dispute_words import COLUMNS


def test_every_table_of_the_desks_has_words() -> None:
    assert {label for label, _path, _time in TABLES} == set(WORDS)
    assert all(evidence_words.find(label.lower()) is not None for label in WORDS)


def test_every_column_of_the_desks_has_a_name_or_is_hidden_on_purpose() -> None:
    nameless = [
        f"{label}.{field.name}"
        for label, _path, _time in TABLES
        for field in apps.get_model(label)._meta.local_concrete_fields
        if not field.primary_key and field.name not in _SKIPPED
        if field.name not in COLUMNS and f"{label.lower()}.{field.name}" not in COLUMNS
        if label_of_column(apps.get_model(label), field.name) is None
    ]
    assert nameless == []


def test_every_column_that_is_named_exists() -> None:
    columns = {
        name
        for label, _path, _time in TABLES
        for field in apps.get_model(label)._meta.local_concrete_fields
        for name in (field.name, f"{label.lower()}.{field.name}")
    }
    assert set(COLUMNS) - columns == set()
