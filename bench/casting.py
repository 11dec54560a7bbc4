"""Casting: each mould becomes a small Python function that writes one customer's rows, which is what makes a million
customers a matter of minutes.

Rows are lines in COPY's text format for PostgreSQL and tuples for SQLite; both say exactly what Django would store.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.goods import serial_of
from bench.moulds import PASSING, Marked, Mould, Slot
from bench.names import Person

WEEK = timedelta(days=7)
_BENGALI_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
# rows per table, ids per table, numbers per prefix, times, customer's place and person
Cast = Callable[[list[list[Any]], list[int], dict[str, int], list[Any], int, Person], None]


class Caster:
    """Turns moulds into functions. ``tables`` are model labels in the order of the lists the functions fill."""

    def __init__(self, tables: list[str], *, postgres: bool) -> None:
        self.tables, self.postgres = tables, postgres
        self.uniques = 0
        self.place = {label: place for place, label in enumerate(tables)}

    def compile(self, mould: Mould, *, is_late: bool) -> "CastMould":
        """The function for one mould; only late weeks still have rows that the product prunes after a month."""
        self.times: list[tuple[str, Any]] = []
        self.time_place: dict[tuple[str, Any], int] = {}
        rows = {label: found for label, found in mould.rows.items() if is_late or label not in PASSING}
        used = sorted({self.place[label] for label in mould.rows})
        body = [f"b{place} = B[{place}]" for place in used]
        body += [f"k{prefix} = N['{prefix}']" for prefix in mould.numbers]
        body += ["nb = who.name_bn; ne = who.name_en; ph = who.subscriber; ml = who.mail_name"]
        if not self.postgres:
            body.append("nbj = J(nb)[1:-1]")
        self.numbers = {prefix: first for prefix, (first, _count) in mould.numbers.items()}
        for label, found in rows.items():
            place = self.place[label]
            lines = [self._row(row) for row in found]
            if len(lines) == 1:
                body.append(f"R[{place}].append({lines[0]})")
            else:
                body.append(f"R[{place}] += ({', '.join(lines)})")
        body += [f"B[{self.place[label]}] = b{self.place[label]} + {len(found)}" for label, found in rows.items()]
        body += [f"N['{prefix}'] = k{prefix} + {count}" for prefix, (_first, count) in mould.numbers.items()]
        source = "def cast(R, B, N, T, n, who):\n" + "\n".join(f"    {line}" for line in body)
        scope: dict[str, Any] = {
            "J": json.dumps,
            "bd": lambda number: str(number).translate(_BENGALI_DIGITS),
            "serial_of": serial_of,
        }
        exec(compile(source, f"<mould {id(mould)}>", "exec"), scope)
        return CastMould(scope["cast"], self.times, postgres=self.postgres)

    def _row(self, row: list[Any]) -> str:
        if self.postgres:
            parts: list[str] = []
            for place, value in enumerate(row):
                if place:
                    parts.append(repr("\t")[1:-1])
                parts.append(self._copy_text(value))
            return 'f"' + "".join(parts) + '\\n"'
        return "(" + ", ".join(self._value(value) for value in row) + ",)"

    # PostgreSQL: the inside of an f-string
    def _copy_text(self, value: Any) -> str:
        if value is None:
            return "\\\\N"
        if isinstance(value, bool):
            return "t" if value else "f"
        if isinstance(value, tuple):
            return self._inside(_json_text(value[1], ascii_only=False), in_json=True)
        if isinstance(value, list):
            return self._inside(value, in_json=False)
        if isinstance(value, Slot):
            return "{" + self._expression(value, in_json=False) + "}"
        return str(value)

    def _inside(self, parts: Sequence[str | Slot], *, in_json: bool) -> str:
        return "".join(
            "{" + self._expression(part, in_json=in_json) + "}" if isinstance(part, Slot) else self._literal(part)
            for part in parts
        )

    def _literal(self, text: str) -> str:
        if self.postgres:
            text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
        quoted = json.dumps(text, ensure_ascii=False)[1:-1]  # as it stands inside double quotes, in Python as in JSON
        return quoted.replace("{", "{{").replace("}", "}}")

    # SQLite: an expression
    def _value(self, value: Any) -> str:
        if isinstance(value, tuple):
            value = _json_text(value[1], ascii_only=True)
            if all(isinstance(part, str) for part in value):
                return repr("".join(value))
            return 'f"' + self._inside(value, in_json=True) + '"'
        if isinstance(value, list):
            if all(isinstance(part, str) for part in value):
                return repr("".join(value))
            return 'f"' + self._inside(value, in_json=False) + '"'
        if isinstance(value, Slot):
            return self._expression(value, in_json=False)
        return repr(int(value) if isinstance(value, bool) else value)

    def _expression(self, slot: Slot, *, in_json: bool) -> str:
        kind, what = slot.kind, slot.what
        if kind == "id":
            label, place = what
            return f"b{self.place[label]} + {place}"
        if kind == "number":
            return f"k{what[0]} + {what[1] - self.numbers[what[0]]}"
        if kind == "bengali_number":
            number = f"bd(k{what[0]} + {what[1] - self.numbers[what[0]]})"
            return number if self.postgres or not in_json else f"J({number})[1:-1]"
        if kind in {"time", "iso", "date"}:
            key = (kind, what)
            if key not in self.time_place:
                self.time_place[key] = len(self.times)
                self.times.append(key)
            return f"T[{self.time_place[key]}]"
        if kind == "unique":
            # The width of the original, filled with the customer's place and the slot's own.
            self.uniques += 1
            return f"'%0{what}x' % (n * 1000 + {self.uniques % 1000})"
        if kind == "serial":
            return "serial_of(n)"
        if kind == "token":
            return "'%010x' % n"
        if kind == "nb":
            return "nbj" if in_json and not self.postgres else "nb"
        return {"ne": "ne", "mail": "ml", "phone": "ph"}[kind]


class CastMould:
    """A compiled mould with its times for each week."""

    def __init__(self, cast: Cast, times: list[tuple[str, Any]], *, postgres: bool) -> None:
        self.cast, self._times, self._postgres = cast, times, postgres

    def times(self, weeks_back: int) -> list[Any]:
        """The mould's times, so many weeks earlier; whole weeks keep every promise as it was computed."""
        return [self._shown(kind, moment - weeks_back * WEEK) for kind, moment in self._times]

    def _shown(self, kind: str, moment: datetime | date) -> str:
        if kind == "date":
            return moment.isoformat()
        if kind == "iso":
            return moment.isoformat()
        assert isinstance(moment, datetime)
        # As each database's Django backend writes it.
        return moment.isoformat(" ") if self._postgres else str(moment.astimezone(UTC).replace(tzinfo=None))


def _json_text(value: Any, *, ascii_only: bool) -> list[str | Slot]:
    """JSON as ``json.dumps`` writes it, with slots where the customer's own values stand."""
    if isinstance(value, dict):
        parts: list[str | Slot] = ["{"]
        for place, (key, inner) in enumerate(value.items()):
            parts += [", " if place else "", json.dumps(key, ensure_ascii=ascii_only), ": "]
            parts += _json_text(inner, ascii_only=ascii_only)
        return [*parts, "}"]
    if isinstance(value, Marked):
        written = (
            part if isinstance(part, Slot) else json.dumps(part, ensure_ascii=ascii_only)[1:-1] for part in value
        )
        return ['"', *written, '"']
    if isinstance(value, list):
        parts = ["["]
        for place, inner in enumerate(value):
            parts += [", " if place else "", *_json_text(inner, ascii_only=ascii_only)]
        return [*parts, "]"]
    if isinstance(value, Slot):
        return [value]
    return [json.dumps(value, ensure_ascii=ascii_only)]
