"""How an import ends: done, stopped, failed, undone."""

from typing import Any

from django.db import transaction

from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish
from halkhata.records.imports.choices import RunState
from halkhata.records.imports.events import ImportEnded
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.services.progress import lock_run
from halkhata.records.imports.services.seen_keys import forget_seen


def end_run(run: ImportRun, state: str, *, failure: str = "", detail: str = "") -> None:
    """Write the end down, in the trail as well. Raises Overtaken."""
    with transaction.atomic():
        fresh = lock_run(run)
        fresh.state = run.state = RunState(state)
        fresh.ended_at = fresh.moved_at = now()
        fresh.cancel_asked = False
        fresh.failure, fresh.failure_detail = failure, detail[:300]
        if state == RunState.DONE:
            fresh.rows_total = fresh.rows_done
        fresh.save(
            update_fields=["state", "ended_at", "moved_at", "cancel_asked", "failure", "failure_detail", "rows_total"]
        )
        trail.record(
            actor=fresh.created_by, action=f"import.{'end' if state != RunState.UNDONE else 'undo'}", record=fresh,
            after=summary_of(fresh),
        )  # fmt: skip
        publish(ImportEnded(run_id=fresh.pk, target=fresh.target, state=str(state), created_by_id=fresh.created_by_id))
    forget_seen(run.pk)


def summary_of(run: ImportRun) -> dict[str, Any]:
    """What the trail keeps of an import."""
    return {
        "state": str(run.state), "file": run.file_name, "sha256": run.source.sha256 if run.source else "",
        "target": run.target, "rows": run.rows_done, "counts": run.counts, "branch": run.branch_id,
        "failure": run.failure,
    }  # fmt: skip
