"""W1, the import itself: a list of N customers as CSV and as XLSX through the product, beside the bare bulk load (C).

    python -m bench.workloads.w1_import N [--format csv|xlsx|both] [--check] [--seconds S]

On the database of the environment (migrated already); prints JSON. Each list is imported, its rows are loaded once more
by the database's own bulk load, and then both go: the import by its own undo. ``--check`` takes the trial run, too, and
compares every row of the list with what stands in the book afterwards.
"""

import argparse
import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Ids of the rows that C loads; they are taken away again.
COPIES_FROM = 500_000_000
# C holds all its rows in memory; of a longer list the first so many are loaded.
MOST_COPIED = 50_000
COMPARED_AT_ONCE = 500
BAR, BAR_WITH_STAFF = 0.25, 0.12
PLACES = (("মিরপুর", "ঢাকা"), ("কলেজ রোড", "বরিশাল"), ("Station Road", "Bogura"), ("Sadar", "Sylhet"))


def people(count: int, seed: int) -> Iterator[list[str]]:
    """Headings and so many rows: half of the names in Bengali, every tenth number without its zero."""
    from bench.names import person

    yield ["নাম", "মোবাইল", "ঠিকানা", "জেলা"]
    for number in range(count):
        who = person(number, seed)
        zero = "" if number % 10 == 0 else "0"
        yield [who.name_bn if number % 2 else who.name_en, f"{zero}11{who.subscriber}",
               *PLACES[number % len(PLACES)]]  # fmt: skip


def write_list(path: Path, rows: Iterator[list[str]]) -> None:
    """The list as a file of the kind that its name says."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()


def measure(
    path: Path, *, check: bool = False, seconds: float | None = None, rows: Iterator[list[str]] | None = None
) -> dict[str, Any]:
    """Import one list and load its rows bare. ``seconds``: stop the import after so long (for a crowd beside it).

    ``rows``: the list once more, headings and all, to be found in the book row by row.
    """
    from halkhata.records.imports.services import loading
    from halkhata.records.imports.services.beginning import begin_check, begin_load, begin_undo, receive_file

    held: list[float] = []
    write = loading._write_batch

    def timed(*arguments: Any) -> float:
        seconds: float = write(*arguments)
        held.append(seconds)
        return seconds

    loading._write_batch = timed
    try:
        begun = time.perf_counter()
        with path.open("rb") as file:
            run = receive_file(
                actor=None, target="customers", name=path.name, chunks=iter(lambda: file.read(1 << 20), b"")
            )
        found: dict[str, Any] = {"received_in": round(time.perf_counter() - begun, 2)}
        if check:
            found["checked_per_second"] = round(*_finish(begin_check(actor=None, run=run)))
        rows_and_seconds = _finish(begin_load(actor=None, run=run), seconds)
    finally:
        loading._write_batch = write
    run.refresh_from_db()
    held.sort()
    found |= {
        "customers": run.counts.get("new", 0),
        "counts": run.counts,
        "per_second": round(rows_and_seconds[0], 1),
        "transactions": len(held),
        "transaction_ms": [round(held[place] * 1000) for place in (len(held) // 2, -1)],
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if not found["customers"]:
        raise SystemExit(f"nobody was imported: {run.state} {run.failure} {run.counts}")
    if rows is not None and seconds is None:
        found["rows_compared"] = compare(run, rows)
    if seconds is None:
        found |= _bare(run)
        found["share_of_C"] = round(found["per_second"] / found["C_per_second"], 4)
        found["met"] = found["share_of_C"] >= BAR
    undone = _finish(begin_undo(actor=None, run=run))
    run.refresh_from_db()
    if run.counts.get("kept", 0) or run.counts.get("taken_back", 0) < found["customers"]:
        raise SystemExit(f"the import could not be taken back: {run.counts}")
    return found | {"undone_per_second": round(undone[0], 1)}


def _finish(run: Any, seconds: float | None = None) -> tuple[float, int]:
    """Work to the end of the phase, or for so many seconds and then stop. Returns the rate and 0 (digits of it)."""
    from halkhata.records.imports.models import ImportRun
    from halkhata.records.imports.services.stepping import work_on

    begun = time.perf_counter()
    before = run.counts.get("new", 0)
    while work_on(run.pk, seconds=1.0):
        if seconds is not None and time.perf_counter() - begun >= seconds:
            ImportRun.objects.filter(pk=run.pk).update(cancel_asked=True)
            took = time.perf_counter() - begun
            run.refresh_from_db()
            rate = (run.counts.get("new", 0) - before) / took
            while work_on(run.pk, seconds=1.0):
                continue
            return rate, 0
    took = time.perf_counter() - begun
    run.refresh_from_db()
    return run.rows_total / took, 0


def compare(run: Any, rows: Iterator[list[str]]) -> int:
    """See that each row of the list is one customer with this name, number and address who can be searched for.

    Returns how many rows were compared; ends the program at the first that is not right.
    """
    from halkhata.records.customers.models import Address, ContactPoint, Customer, SearchKey, SearchText
    from halkhata.records.imports.models import ImportedRow

    next(rows)
    made = ImportedRow.objects.filter(run=run, model="customers.customer", outcome="created").order_by("row")
    place, compared = 0, 0
    while ledger := list(made.filter(row__gt=place).values_list("row", "record_id")[:COMPARED_AT_ONCE]):
        place = ledger[-1][0]
        ids = [pk for _row, pk in ledger]
        names = {one.pk: {one.name_bn, one.name_en} - {""} for one in Customer.objects.filter(pk__in=ids)}
        numbers: dict[int, list[str]] = {}
        for pk, value in ContactPoint.objects.filter(customer__in=ids).values_list("customer", "value"):
            numbers.setdefault(pk, []).append(value)
        homes = dict(Address.objects.filter(customer__in=ids).values_list("customer", "line"))
        texts = dict(SearchText.objects.filter(customer__in=ids).values_list("customer", "text"))
        tails = dict(SearchKey.objects.filter(customer__in=ids, kind="tail").values_list("customer", "key"))
        for (row, pk), (name, phone, line, _district) in zip(ledger, rows, strict=False):
            number = f"+880{phone.removeprefix('0')}"
            stored = (names.get(pk), numbers.get(pk), homes.get(pk), tails.get(pk))
            if stored != ({name}, [number], line, number[:0:-1]) or number[1:] not in texts.get(pk, ""):
                raise SystemExit(f"row {row} is not what the list says: {stored}")
            compared += 1
    if next(rows, None) is not None or made.values("record_id").distinct().count() != compared:
        raise SystemExit(f"only {compared} rows of the list are there")
    return compared


def _bare(run: Any) -> dict[str, Any]:
    """The same rows by the database's own bulk load, into the same tables, under ids of their own; and away again."""
    from django.db import connection

    from bench.baselines.load import load_again
    from bench.bulk import set_sequences
    from halkhata.foundation.core.bulk_rows import delete_rows
    from halkhata.records.customers.models import Activity, Address, ContactPoint, Customer, SearchKey, SearchText
    from halkhata.records.imports.models import ImportedRow

    made = ImportedRow.objects.filter(run=run, model="customers.customer", outcome="created").order_by("id")
    ids = list(made.values_list("record_id", flat=True)[:MOST_COPIED])
    tables = []
    for model in (Customer, ContactPoint, Address, SearchKey, SearchText, Activity):
        name = "pk" if model is Customer else "customer"
        rows = list(model._default_manager.filter(**{f"{name}__gte": ids[0], f"{name}__lte": ids[-1]}).order_by("pk"))
        tables.append((model, rows))
    if len(tables[0][1]) != len(ids):
        raise SystemExit(f"{len(ids)} customers were made, {len(tables[0][1])} are there")
    for point in tables[1][1]:
        # A number has one owner: the copies have numbers of no country, as long as the others.
        point.value = f"+999{point.value[4:]}"
    took = load_again(connection, tables, ids_from=COPIES_FROM)
    for model, rows in reversed(tables):
        if rows:
            first, last = rows[0].pk + COPIES_FROM, rows[-1].pk + COPIES_FROM
            delete_rows(model._default_manager.filter(pk__gte=first, pk__lte=last))
    # SQLite goes on counting from the highest id it has seen.
    last_ids = {model._meta.db_table: rows[-1].pk for model, rows in tables if rows and model is not SearchText}
    set_sequences(connection, last_ids)
    total = sum(len(rows) for _model, rows in tables)
    return {"C_per_second": round(len(ids) / took, 1), "rows_each": round(total / len(ids), 1)}


def main() -> None:
    """Measure, and print one JSON object: {"csv": …, "xlsx": …}."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--format", choices=("csv", "xlsx", "both"), default="both")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seconds", type=float)
    options = parser.parse_args()
    import django

    django.setup()
    from halkhata.foundation.accounts.models import Branch

    if not Branch.objects.exists():
        Branch.objects.create(code="measured", name_en="Measured", path="/")
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("csv", "xlsx") if options.format == "both" else (options.format,):
            path = Path(folder) / f"list.{kind}"
            seed = int(time.time()) % 9_973
            write_list(path, people(options.count, seed=seed))
            again = people(options.count, seed=seed) if options.check else None
            result[kind] = measure(path, check=options.check, seconds=options.seconds, rows=again)
    json.dump(result, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
