"""Rows that somebody typed take the road of a file, at once: so they are undone like a file, too."""

from collections.abc import Sequence
from typing import Any

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.table_cells import csv_lines
from halkhata.records.imports.choices import SourceKind
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.services.beginning import begin_load, receive_file, set_mapping
from halkhata.records.imports.services.limits import refuse_too_many_imports
from halkhata.records.imports.services.stepping import work_on

# Seconds after which the rest is left to a worker.
PATIENCE = 5.0


def load_typed(*, actor: Any, target: str, codes: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> ImportRun:
    """Import rows whose cells are those of the columns ``codes``. Raises as the steps of an import do."""
    # Before anything is kept: what was typed stays in the form, and no list without a mapping is left behind.
    refuse_too_many_imports(actor)
    lines = csv_lines([[f"#{code}" for code in codes], *rows])
    run = receive_file(
        actor=actor,
        target=target,
        name=f"{name} {now():%Y-%m-%d %H%M}.csv",
        chunks=[line.encode() for line in lines],
    )
    run.layout = {
        "encoding": "utf-8", "delimiter": ",", "header_row": 1, "headers": ["" for _ in codes], "bijoy": [],
    }  # fmt: skip
    run.kind = SourceKind.CSV
    run.save(update_fields=["layout", "kind"])
    run = set_mapping(actor=actor, run=run, mapping=dict(enumerate(codes)), options={"known": "fill", "shared": "list"})
    run = begin_load(actor=actor, run=run)
    work_on(run.pk, seconds=PATIENCE)
    run.refresh_from_db()
    return run
