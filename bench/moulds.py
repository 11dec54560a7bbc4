"""Moulds: all rows that one story left in the database, with everything that belongs to its customer marked.

    python -m bench.moulds FILE --done 120 --open 60 --seed 1 --as-of 2026-11-15T08:30:00+00:00

The stories run in an SQLite database of their own whose ids and numbers begin so high that each of them can be told
from any other number wherever it stands, in a column, a JSON value or a sentence. So whatever table or text a later
version adds is cast as well, without a line here that knows it.
"""

import argparse
import os
import pickle
import random
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.stories.told import tell_done, tell_open
from bench.stories.words import NAME_BN, NAME_EN

# Twelve digits that begin with 9, whatever the table: there is room for a thousand tables.
FIRST_ID, ID_SPAN = 900_000_000_000, 100_000_000
FIRST_NUMBER = 770_000_000
# Rows that come and go by themselves, or are made anew for each customer.
LEFT_OUT = {
    "core.job",
    "core.scheduleline",
    "core.numbersequence",
    "sessions.session",
    "customers.searchkey",
    "customers.searchtext",
    "work.assignmentcursor",
    # The database writes these itself when a line of the ledger of goods comes in.
    "stock.balance",
    "stock.unitposition",
    "axes.accessattempt",
    "axes.accesslog",
    "axes.accessfailurelog",
}
# Prefixes of what a story may number: tickets, tasks, sales, units, registrations, job cards, gate passes.
NUMBERED = ("K", "F", "S", "U", "W", "J", "G")
# Pruned after thirty days by the product, so only late weeks have them.
PASSING = {"core.outboxevent", "core.eventdelivery"}
_MARKED = re.compile(
    r"(?<!\d)(?P<id>9\d{11})(?!\d)"
    r"|\b(?P<prefix>[A-Z]{1,3})-(?P<number>77\d{7})\b"
    r"|(?P<bengali>[\u0980-\u09e5]{1,4}-৭৭[০-৯]{7})"
    # The random part of a Message-ID: each letter its own, and an answer names the same one.
    r"|(?<=<)(?P<token>[0-9a-z]{26})(?=\.[0-9a-z]{10,}@)"
    r"|(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z))"
    r"|(?<![\d-])(?P<day>20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![\dT-])"
    r"|(?P<serial>(?i:zqxs)\d{5})"
    rf"|(?P<nb>{NAME_BN})|(?P<ne>{NAME_EN})|(?P<mail>zqmould\.zq\d{{4}})|(?P<phone>9999\d{{4}})"
)
_LEFTOVER = re.compile(r"9[01]\d{10}|7700\d{5}|৭৭০০|(?i:zqmould|zqname|zqxs)|ছাঁচ|9999\d{4}|৯৯৯৯")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a value that differs from one customer to the next; ``kind`` says what stands there."""

    kind: str
    # id: (table, place among the mould's rows there); number: (prefix, place); time, date: the moment, the day.
    what: Any = None


class Marked(list[str | Slot]):
    """A text in pieces: what is the same for all customers, and slots."""


@dataclass
class Mould:
    """The rows of one story: per table (model label) a list of rows, each a list of values in the table's columns."""

    is_open: bool
    rows: dict[str, list[list[Any]]] = field(default_factory=dict)
    # Per prefix the first number and how many.
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)
    name_bn: bool = False
    name_en: bool = False
    has_mail: bool = False


@dataclass
class Moulds:
    """All moulds and the shop they were made in."""

    as_of: datetime
    seed: int
    columns: dict[str, list[str]]
    moulds: list[Mould]
    outline: dict[str, list[Any]]


def make_moulds(*, done: int, open_: int, seed: int, as_of: datetime) -> Moulds:
    """Tell the stories in the present, empty database and take their rows."""
    from django.apps import apps
    from django.db import connection

    from bench.shop import open_shop, outline
    from halkhata.foundation.core.models import NumberSequence

    dice = random.Random(seed)
    shop = open_shop()
    shape = outline()
    models = {
        model._meta.label_lower: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label_lower not in LEFT_OUT
    }
    places = {label: place for place, label in enumerate(models)}
    with connection.cursor() as cursor:
        for label, model in models.items():
            start = FIRST_ID + places[label] * ID_SPAN
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [model._meta.db_table, start])
    taker = _Taker(models, places)
    made = []
    for prefix in NUMBERED:
        NumberSequence.objects.update_or_create(pk=prefix, defaults={"last_value": FIRST_NUMBER})
    for number in range(done + open_):
        is_open = number >= done
        (tell_open if is_open else tell_done)(shop, dice, as_of, number)
        made.append(taker.take(is_open))
    columns = {
        label: [column.column for column in model._meta.local_concrete_fields] for label, model in models.items()
    }
    return Moulds(as_of=as_of, seed=seed, columns=columns, moulds=made, outline=shape)


class _Taker:
    """Takes the rows that came since the last time, with what belongs to the customer turned into slots."""

    def __init__(self, models: dict[str, Any], places: dict[str, int]) -> None:
        self.models, self.places = models, places
        self.labels = {place: label for label, place in places.items()}
        self.seen = dict.fromkeys(models, 0)

    def take(self, is_open: bool) -> Mould:
        from halkhata.records.customers.models import ContactPoint, Customer

        new: dict[str, list[Any]] = {}
        self.ids: dict[str, dict[int, int]] = {}
        for label, model in self.models.items():
            if model._meta.pk.get_internal_type() not in {"BigAutoField", "AutoField", "OneToOneField"}:
                continue
            rows = model._base_manager.filter(pk__gte=max(FIRST_ID, self.seen[label] + 1)).order_by("pk")
            found = list(rows)
            if found:
                new[label] = found
                self.seen[label] = found[-1].pk
                self.ids[label] = {row.pk: place for place, row in enumerate(found)}
        mould = Mould(is_open=is_open)
        for label, rows in new.items():
            mould.rows[label] = [
                [self._value(row, column) for column in row._meta.local_concrete_fields] for row in rows
            ]
        _count_numbers(mould)
        customers = new[Customer._meta.label_lower]
        if len(customers) != 1:
            raise RuntimeError(f"{len(customers)} customers came out of one story")
        mould.name_bn, mould.name_en = bool(customers[0].name_bn), bool(customers[0].name_en)
        mould.has_mail = any(point.kind == "email" for point in new[ContactPoint._meta.label_lower])
        return mould

    def _value(self, row: Any, column: Any) -> Any:
        value = getattr(row, column.attname)
        kind = column.get_internal_type()
        if value is None or isinstance(value, bool):
            return value
        if kind == "JSONField":
            return ("json", self._marked_json(value))
        if isinstance(value, datetime):
            return Slot("time", value.astimezone(UTC))
        if isinstance(value, date):
            return Slot("date", value)
        if isinstance(value, int):
            return self._slot_of(value) if value >= FIRST_ID else value
        if isinstance(value, float):
            return value
        if isinstance(value, Decimal):
            return Marked([format(value, "f")])
        if isinstance(value, str):
            marked = self._marked(value)
            if column.unique and all(isinstance(part, str) for part in marked) and value:
                return Slot("unique", len(value))
            return marked
        raise TypeError(f"{row._meta.label}.{column.name} holds a {type(value).__name__}, which no mould knows")

    def _slot_of(self, value: int) -> Slot | int:
        label = self.labels.get((value - FIRST_ID) // ID_SPAN, "")
        place = self.ids.get(label, {}).get(value)
        if place is None:
            # Not of this customer, or a row that is not kept (a job): any number will do.
            return 1
        return Slot("id", (label, place))

    def _marked(self, text: str) -> Marked:
        from halkhata.foundation.core.formatting import parse_ref

        parts = Marked()
        end = 0
        for hit in _MARKED.finditer(text):
            parts.append(text[end : hit.start()])
            end = hit.end()
            if hit["id"]:
                slot = self._slot_of(int(hit["id"]))
                parts.append(slot if isinstance(slot, Slot) else str(slot))
            elif hit["number"]:
                parts += [f"{hit['prefix']}-", Slot("number", (hit["prefix"], int(hit["number"])))]
            elif hit["bengali"]:
                letters, _digits = hit["bengali"].split("-")
                prefix, number = parse_ref(hit["bengali"]).split("-")
                parts += [f"{letters}-", Slot("bengali_number", (prefix, int(number)))]
            elif hit["token"]:
                parts += [hit["token"][:10], Slot("token"), hit["token"][20:]]
            elif hit["day"]:
                parts.append(Slot("date", date.fromisoformat(hit["day"])))
            elif hit["time"]:
                parts.append(Slot("iso", datetime.fromisoformat(hit["time"].replace("Z", "+00:00"))))
            else:
                parts.append(Slot(str(hit.lastgroup)))
        parts.append(text[end:])
        for part in parts:
            if isinstance(part, str) and _LEFTOVER.search(part):
                raise RuntimeError(f"something of the mould's customer is left in {part!r}")
        return Marked(part for part in parts if part != "")

    def _marked_json(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): self._marked_json(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._marked_json(inner) for inner in value]
        if isinstance(value, str):
            return self._marked(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= FIRST_ID:
            return self._slot_of(value)
        return value


def _count_numbers(mould: Mould) -> None:
    """The first number of each prefix that the mould uses, and how many."""
    used: dict[str, set[int]] = {}
    for rows in mould.rows.values():
        for row in rows:
            for value in row:
                if isinstance(value, list):
                    for part in value:
                        if isinstance(part, Slot) and part.kind == "number":
                            used.setdefault(part.what[0], set()).add(part.what[1])
    mould.numbers = {prefix: (min(values), max(values) - min(values) + 1) for prefix, values in used.items()}


def main() -> None:
    """Make the moulds in a temporary SQLite database and write them to a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--done", type=int, default=120)
    parser.add_argument("--open", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-of", type=datetime.fromisoformat, required=True)
    wanted = parser.parse_args()
    os.environ.pop("HALKHATA_DATABASE_URL", None)
    from bench import moulds as here  # not __main__: the file must be readable from elsewhere
    from bench.ground import fresh_install

    with fresh_install():
        moulds = here.make_moulds(done=wanted.done, open_=wanted.open, seed=wanted.seed, as_of=wanted.as_of)
    with wanted.file.with_suffix(".part").open("wb") as stream:
        pickle.dump(moulds, stream)
    wanted.file.with_suffix(".part").rename(wanted.file)
    print(f"{len(moulds.moulds)} moulds", file=sys.stderr)


if __name__ == "__main__":
    main()
