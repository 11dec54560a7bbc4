"""Builds a database of N customers, each with a unit and two tickets, by the database's own bulk load.

    python -m bench.generate --customers 100000 --db sqlite --cache FOLDER [--seed 1] [--as-of TIME] [--fresh]

A database is made once for its size, kind, seed and version of the tables, and kept in FOLDER. What comes out is the
same for the same seed and reference time. Four customers in a hundred have a ticket open at the reference time.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

OPEN_SHARE = 0.05
WEEKS = 100
CHUNK = 2_000
REFERENCE_WEEKDAY = 6  # Sunday, the second day of a Bangladeshi week
# Rows kept for thirty days only; the stories last up to eleven weeks.
LATE_WEEKS = 4


@dataclass(frozen=True)
class Wanted:
    """What kind of database."""

    customers: int
    seed: int
    as_of: datetime
    done_moulds: int
    open_moulds: int


def last_sunday(today: datetime) -> datetime:
    """The reference time when none is given: half past two in Dhaka on the latest Sunday that is over."""
    day = today.astimezone(UTC).replace(hour=8, minute=30, second=0, microsecond=0)
    back = (day.weekday() - REFERENCE_WEEKDAY) % 7 or 7
    return day - timedelta(days=back)


def moulds_for(wanted: Wanted, folder: Path) -> Any:
    """The moulds, made by a process of its own (they need a database of their own) unless the cache has them."""
    import pickle

    from bench.databases import version_of_tables

    file = folder / (
        f"moulds-{wanted.done_moulds}-{wanted.open_moulds}-{wanted.seed}-{wanted.as_of:%Y%m%d%H%M}-{version_of_tables()}.pickle"
    )
    if not file.exists():
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HALKHATA_")}
        subprocess.run(
            [
                sys.executable,
                "-m",
                "bench.moulds",
                str(file),
                "--done",
                str(wanted.done_moulds),
                "--open",
                str(wanted.open_moulds),
                "--seed",
                str(wanted.seed),
                "--as-of",
                wanted.as_of.isoformat(),
            ],
            check=True,
            env=clean,
        )
    with file.open("rb") as stream:
        return pickle.load(stream)


def fill(wanted: Wanted, folder: Path) -> dict[str, Any]:
    """Fill the empty, migrated database of the present settings. Returns figures of the load."""
    from django.apps import apps
    from django.db import connection

    from bench.bulk import Loader, bare_tables, set_sequences
    from bench.casting import Caster
    from bench.moulds import NUMBERED
    from bench.names import person
    from bench.shop import open_shop, outline
    from halkhata.foundation.core.clock import moved_to
    from halkhata.foundation.core.models import NumberSequence
    from halkhata.records.customers.models import Customer, SearchKey, SearchText
    from halkhata.records.customers.selectors.search_keys import keys_of, text_of
    from halkhata.records.customers.services.search_index import places_of
    from halkhata.records.stock.models import UnitPosition

    begun = time.perf_counter()
    moulds = moulds_for(wanted, folder)
    moulded = time.perf_counter()
    with moved_to(wanted.as_of - timedelta(weeks=WEEKS + 20)):
        open_shop()
    if outline() != moulds.outline:
        raise SystemExit("The shop of the moulds and this one differ: their rows cannot be shared.")
    labels = [label for label in moulds.columns if any(label in mould.rows for mould in moulds.moulds)]
    keys_label = SearchKey._meta.label_lower
    models = {label: apps.get_model(label) for label in [*labels, keys_label]}
    postgres = connection.vendor == "postgresql"
    caster = Caster(labels, postgres=postgres)
    tables = [(models[label]._meta.db_table, moulds.columns[label]) for label in labels]
    tables.append((models[keys_label]._meta.db_table, ["id", "customer_id", "kind", "key"]))
    tables.append((SearchText._meta.db_table, ["customer_id", "text", "order_bn", "order_en"]))
    first = {label: _last_id(models[label]) for label in labels}
    ids = [first[label] + 1 for label in labels]
    customer_place = labels.index(Customer._meta.label_lower)
    rows: list[list[Any]] = [[] for _table in tables]
    keys, texts = rows[-2:]
    numbers = dict.fromkeys(NUMBERED, 1001)
    dice = random.Random(wanted.seed)
    name_keys: dict[str, list[tuple[str, str]]] = {}

    def index(pk: int, mould: Any, who: Any) -> None:
        own = {
            (str(kind), key) for kind, key in keys_of(pk=pk, names=(), contacts=[("phone", f"+88011{who.subscriber}")])
        }
        for name in ([who.name_bn] if mould.name_bn else []) + ([who.name_en] if mould.name_en else []):
            if name not in name_keys:
                found = keys_of(pk=0, names=(name,), contacts=())
                name_keys[name] = [(str(kind), key) for kind, key in found if kind != "code"]
            own.update(name_keys[name])
        if mould.has_mail:
            own.add(("email", f"{who.mail_name}@example.com"))
        contacts = [("phone", f"+88011{who.subscriber}")]
        contacts += [("email", f"{who.mail_name}@example.com")] if mould.has_mail else []
        names = ([who.name_bn] if mould.name_bn else []) + ([who.name_en] if mould.name_en else [])
        text = text_of(names=names, contacts=contacts)
        # COPY wants a line end inside a value as backslash and n.
        escaped = text.replace("\n", "\\n")
        places = places_of(who.name_bn if mould.name_bn else "", who.name_en if mould.name_en else "")
        if postgres:
            texts.append(f"{pk}\t{escaped}\t\\\\x{places[0].hex()}\t\\\\x{places[1].hex()}\n")
        else:
            texts.append((pk, text, *places))
        for kind, key in sorted(own):
            keys_id = keys_last[0] = keys_last[0] + 1
            keys.append(f"{keys_id}\t{pk}\t{kind}\t{key}\n" if postgres else (keys_id, pk, kind, key))

    keys_last = [_last_id(models[keys_label])]
    loader = Loader(connection, tables)
    written = done = 0
    # The positions of units are written by the trigger of the ledger, beside what is loaded.
    loaded_tables = [*(table for table, _columns in tables), UnitPosition._meta.db_table]
    with bare_tables(connection, loaded_tables):
        for weeks_back, count, is_open in _plan(wanted.customers):
            chosen = [mould for mould in moulds.moulds if mould.is_open == is_open]
            ready: dict[int, tuple[Any, Any, list[Any]]] = {}
            for _turn in range(count):
                which = dice.randrange(len(chosen))
                if which not in ready:
                    cast = _compiled(caster, chosen[which], is_late=weeks_back < LATE_WEEKS)
                    ready[which] = (cast.cast, chosen[which], cast.times(weeks_back))
                cast_one, mould, times = ready[which]
                who = person(done, wanted.seed)
                pk = ids[customer_place]
                cast_one(rows, ids, numbers, times, done, who)
                index(pk, mould, who)
                done += 1
                if done % CHUNK == 0:
                    written += loader.write(rows)
        written += loader.write(rows)
        loaded = time.perf_counter()
        last = {
            models[label]._meta.db_table: ids[place] - 1
            for place, label in enumerate(labels)
            if _has_own_id(models[label])
        }
        set_sequences(connection, {**last, models[keys_label]._meta.db_table: keys_last[0]})
        for prefix, following in numbers.items():
            NumberSequence.objects.update_or_create(pk=prefix, defaults={"last_value": following - 1})
    ended = time.perf_counter()
    return {
        "customers": wanted.customers,
        "seed": wanted.seed,
        "as_of": wanted.as_of.isoformat(),
        "rows": written,
        "moulds_seconds": round(moulded - begun, 1),
        "load_seconds": round(loaded - moulded, 1),
        "index_seconds": round(ended - loaded, 1),
        "rows_per_second": round(written / (ended - moulded)),
    }


_COMPILED: dict[tuple[int, bool], Any] = {}


def _compiled(caster: Any, mould: Any, *, is_late: bool) -> Any:
    if (id(mould), is_late) not in _COMPILED:
        _COMPILED[id(mould), is_late] = caster.compile(mould, is_late=is_late)
    return _COMPILED[id(mould), is_late]


def _plan(customers: int) -> list[tuple[int, int, bool]]:
    """(weeks back, how many customers, whether a ticket is open): the oldest first."""
    open_ = round(customers * OPEN_SHARE)
    done = customers - open_
    plan = [
        (week, done * (WEEKS - week) // WEEKS - done * (WEEKS - week - 1) // WEEKS, False)
        for week in reversed(range(WEEKS))
    ]
    return [*plan, (0, open_, True)]


def _has_own_id(model: Any) -> bool:
    return model._meta.pk.remote_field is None


def _last_id(model: Any) -> int:
    if not _has_own_id(model):
        return 0
    newest = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return int(newest or 0)


def main() -> None:
    """Build the database unless the cache has it; print where it is and what it took."""
    from bench.databases import Store

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--cache", type=Path, default=Path("var/bench"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-of", type=datetime.fromisoformat)
    parser.add_argument("--moulds", type=int, nargs=2, default=(90, 40), metavar=("DONE", "OPEN"))
    parser.add_argument("--fresh", action="store_true", help="build anew even if the cache has it")
    wanted = parser.parse_args()
    with Store(wanted.cache, wanted.db) as store:
        database = store.built(
            Wanted(wanted.customers, wanted.seed, wanted.as_of or last_sunday(datetime.now(UTC)), *wanted.moulds),
            fresh=wanted.fresh,
        )
        print(json.dumps({"place": database.place, **database.facts}, indent=2))


if __name__ == "__main__":
    main()
