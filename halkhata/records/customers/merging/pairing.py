"""All pairs of a book that look like one person, in bounded memory: read once, sorted by mark, compared in groups."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import astuple, dataclass
from typing import Any

from halkhata.records.customers.merging.blocking import LARGEST_BLOCK, block_numbers
from halkhata.records.customers.merging.comparing import Comparison, compare
from halkhata.records.customers.merging.people import Person

LIKELY = 0.9
"""From here on a pair is shown as very likely one person."""
POSSIBLE = 0.5
"""From here on a pair is shown at all: more likely one person than two."""

_AT_ONCE = 5_000
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two people, the smaller key first, and what their comparison says."""

    first: int
    second: int
    comparison: Comparison


@dataclass
class SearchCount:
    """What a search has done so far. ``too_large``: marks that more than LARGEST_BLOCK people share."""

    people: int = 0
    compared: int = 0
    found: int = 0
    too_large: int = 0


def find_pairs(
    people: Iterable[Person], *, threshold: float = POSSIBLE, count: SearchCount | None = None
) -> Iterator[ScoredPair]:
    """Every pair that shares a mark and scores at least ``threshold``, each once, in no particular order.

    ``count`` is kept up while the pairs come. What is written aside goes to a nameless temporary file of the database
    library, which is gone when this ends, however it ends.
    """
    count = count if count is not None else SearchCount()
    # An empty name: a private database on disk, deleted with the connection, spilled only when it outgrows its cache.
    with closing(sqlite3.connect("", isolation_level=None)) as aside:
        aside.execute("PRAGMA journal_mode = OFF")
        aside.execute("PRAGMA synchronous = OFF")
        aside.execute("PRAGMA cache_size = -64000")
        aside.execute("CREATE TABLE person (key INTEGER PRIMARY KEY, packed TEXT NOT NULL, marks BLOB NOT NULL)")
        aside.execute("CREATE TABLE mark (block INTEGER NOT NULL, key INTEGER NOT NULL)")
        _write_aside(aside, people, count)
        drawer = _Drawer(aside)
        # Two people may share many marks: they are compared under the smallest that is not too large.
        too_large: set[int] = set()
        for block, members in _groups(aside):
            if len(members) > LARGEST_BLOCK:
                too_large.add(block)
                count.too_large += 1
                continue
            found = [drawer.take(key) for key in members]
            for index, (one, marks_of_one) in enumerate(found):
                for other, marks_of_other in found[index + 1 :]:
                    if any(mark < block and mark not in too_large for mark in marks_of_one & marks_of_other):
                        continue
                    count.compared += 1
                    comparison = compare(one, other)
                    if comparison.score >= threshold:
                        count.found += 1
                        yield ScoredPair(min(one.key, other.key), max(one.key, other.key), comparison)


def _write_aside(aside: sqlite3.Connection, people: Iterable[Person], count: SearchCount) -> None:
    aside.execute("BEGIN")
    packed: list[tuple[int, str, bytes]] = []
    marks: list[tuple[int, int]] = []
    for person in people:
        count.people += 1
        blocks = block_numbers(person)
        packed.append((person.key, _pack(person), array("Q", blocks).tobytes()))
        marks += [(block, person.key) for block in blocks]
        if len(packed) == _AT_ONCE:
            _flush(aside, packed, marks)
    _flush(aside, packed, marks)
    aside.execute("COMMIT")


def _flush(aside: sqlite3.Connection, packed: list[tuple[int, str, bytes]], marks: list[tuple[int, int]]) -> None:
    aside.executemany("INSERT INTO person VALUES (?, ?, ?)", packed)
    aside.executemany("INSERT INTO mark VALUES (?, ?)", marks)
    packed.clear()
    marks.clear()


def _groups(aside: sqlite3.Connection) -> Iterator[tuple[int, list[int]]]:
    """Marks that at least two people share, in ascending order, with their people."""
    current = -1
    members: list[int] = []
    for block, key in aside.execute("SELECT block, key FROM mark ORDER BY block, key"):
        if block != current:
            if len(members) > 1:
                yield current, members
            current, members = block, []
        members.append(key)
    if len(members) > 1:
        yield current, members


class _Drawer:
    """People read back, the latest ones remembered."""

    def __init__(self, aside: sqlite3.Connection) -> None:
        self._aside = aside
        self._remembered: dict[int, tuple[Person, frozenset[int]]] = {}

    def take(self, key: int) -> tuple[Person, frozenset[int]]:
        """The person with this key and the person's marks."""
        found = self._remembered.get(key)
        if found is None:
            packed, marks = self._aside.execute("SELECT packed, marks FROM person WHERE key = ?", (key,)).fetchone()
            found = _unpack(packed), frozenset(array("Q", marks))
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = found
        return found


def _pack(person: Person) -> str:
    return json.dumps(
        [sorted(value) if isinstance(value, frozenset) else value for value in astuple(person)], ensure_ascii=False
    )


def _unpack(packed: str) -> Person:
    key, names, sounds, phones, emails, line, area, district, post_code, identifiers, papers, units = json.loads(packed)
    pairs: Any = [tuple(pair) for pair in identifiers]
    return Person(
        key, tuple(names), frozenset(sounds), tuple(phones), tuple(emails), line, area, district, post_code,
        frozenset(pairs), frozenset(papers), frozenset(units),
    )  # fmt: skip
