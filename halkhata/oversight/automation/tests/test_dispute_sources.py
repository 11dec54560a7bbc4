"""What the desks give to the file of a dispute."""

from halkhata.desks.disputes.registry import evidence_words
from halkhata.oversight.automation.dispute_sources import TABLES, WORDS


def test_every_table_of_the_desks_has_words() -> None:
    assert {label for label, _path, _time in TABLES} == set(WORDS)
    assert all(evidence_words.find(label.lower()) is not None for label in WORDS)
