"""Erasing a person's data: what was done stays, who it was is gone (GDPR Art. 17, E.8, N7).

Rows that only told about the person go. Rows that the house needs (a ticket's times, a ledger line) stay without a word
about who it was. Everything happens in one transaction; bytes on the disk, log lines and the database's free space
follow in a job. Before anything is changed, a line in the list outside the database says so: a restored backup is
brought to the same state before anybody uses it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.personal_data import (
    erasure_blockers,
    erasure_files,
    erasure_steps,
    personal_data,
    personal_traces,
)
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.choices import RequestState
from halkhata.records.privacy.models import DataRequest, Erasure, LegalHold
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.services.clearing_rows import drop_files, erase_rows
from halkhata.records.privacy.services.clearing_traces import Ahead, clean_audit, clean_trace, look_ahead
from halkhata.records.privacy.services.erasure_run import ErasureRun
from halkhata.records.privacy.services.leftovers import scrub_logs
from halkhata.records.privacy.services.needles import in_json, in_text, needles_of
from halkhata.records.privacy.services.outside_list import append_line
from halkhata.records.privacy.services.person_rows import entries, model_of, own_addresses, rows_of, ties_of

# By name, as the timetable names its tasks: the job imports the services, not the other way round.
FINISH_TASK = "halkhata.records.privacy.jobs.finish_erasure"
AUDIT_TABLE = "audit_auditentry"
AUDIT_TABLE = "audit_auditentry"


def what_stands_against(customer: Customer) -> list[Any]:
    """Why this person's data cannot be erased now, in words; empty when nothing stands against it."""
    ids = family_of(customer.pk)
    reasons: list[Any] = []
    if LegalHold.objects.filter(customer_id__in=ids, ended_at__isnull=True).exists():
        reasons.append(_("A legal hold stands: nothing may be erased until it is ended."))
    for blocker in erasure_blockers:
        reasons += blocker(ids)
    return reasons


def what_would_go(customer: Customer) -> list[dict[str, Any]]:
    """For the page before the act: how many rows of each table go, are emptied or stay, and why they stay.

    Tables that people know by one name, with one fate, are one line.
    """
    ids = family_of(customer.pk)
    addresses = own_addresses(ids)
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for entry in entries():
        count = rows_of(entry, ids, addresses).count()
        if count:
            label = str(entry.label or model_of(entry)._meta.verbose_name)
            fate, why = entry.on_erasure, str(entry.why_kept)
            line = found.setdefault((label, fate, why), {"label": label, "count": 0, "fate": fate, "why": why})
            line["count"] += count
    return list(found.values())


def erase_person(*, actor: Any, customer: Customer, request: DataRequest | None = None) -> Erasure:
    """Erase a person's data with those of all rows merged into theirs, and close the request.

    Raises PermissionRefused, Conflict: ``erased_already``, or ``may_not_erase`` with the ``reasons``.
    """
    require_privacy(actor)
    _refuse(customer)
    looked_for = _begin(family_of(customer.pk))
    ahead = look_ahead(looked_for)
    with transaction.atomic():
        first = family_of(customer.pk)[0]
        lock_values([f"erase:{first}"])
        _refuse(customer)
        at, ids = now(), family_of(first)
        made = Customer.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "created_at")
        append_line("erased", at, people=[[pk, moment.isoformat()] for pk, moment in made])
        erasure = _erase(ids, actor=actor, at=at, request=request, ahead=ahead if ids == looked_for.ids else {})
        if request is not None and request.state == RequestState.OPEN:
            DataRequest.objects.filter(pk=request.pk).update(
                state=RequestState.DONE, ended_at=at, ended_by_id=getattr(actor, "pk", None), what="",
                identity_check="",
            )  # fmt: skip
    return erasure


def erase_again(ids: Collection[int], at: datetime) -> None:
    """After a restore: erase what was erased since the backup was made. Must run in a transaction."""
    _erase(sorted(ids), actor=SYSTEM, at=at, request=None, ahead={})


def _refuse(customer: Customer) -> None:
    if Erasure.objects.filter(customer_id_then=family_of(customer.pk)[0]).exists():
        raise Conflict("erased_already", _("This person's data were erased already."))
    reasons = what_stands_against(customer)
    if reasons:
        raise Conflict("may_not_erase", reasons[0], reasons=reasons)


def _begin(ids: list[int]) -> ErasureRun:
    addresses = own_addresses(ids)
    names, spelt = needles_of(ids, addresses)
    ties = ties_of(ids, addresses)
    return ErasureRun(ids=list(ids), addresses=addresses, names=names, spelt=spelt, ties=ties)


def _erase(
    ids: list[int], *, actor: Any, at: datetime, request: DataRequest | None, ahead: Mapping[str, Ahead]
) -> Erasure:
    list(Customer.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    run = _begin(ids)
    with suspended(*_append_only_tables()):
        for files_of in erasure_files:
            run.files |= files_of(run.ids)
        for name, step in erasure_steps.items():
            run.note(name, step(run.ids, run.needles))
        for entry in entries():
            erase_rows(entry, run)
        clean_audit(run)
        for trace in personal_traces:
            clean_trace(trace, run, ahead.get(trace.model_label))
    paths = drop_files(run)
    erasures = [
        Erasure.objects.update_or_create(
            customer_id_then=pk,
            defaults={
                "request": request, "at": at, "counts": run.counts if pk == ids[0] else {},
                "actor_label": (actor.audit_label if actor is not None else "")[:150], "scrubbed_at": None,
            },
        )[0]
        for pk in ids
    ]  # fmt: skip
    record(
        actor=actor, action="privacy.erase", record=Customer.objects.get(pk=ids[0]),
        after={"rows": sum(run.counts.values()), "request": request.number if request else ""},
    )  # fmt: skip
    import_string(FINISH_TASK).enqueue([row.pk for row in erasures], paths)
    # The log is no part of the transaction: its words go with the commit, while we still know them.
    words = {spelt for needle in run.needles for spelt in in_text(needle) | in_json(needle)}
    transaction.on_commit(lambda: scrub_logs(words))
    return erasures[0]


def _append_only_tables() -> list[str]:
    models = [
        *(model_of(entry) for entry in personal_data if entry.append_only),
        *(apps.get_model(trace.model_label) for trace in personal_traces if trace.append_only),
    ]
    return sorted({AUDIT_TABLE, *(model._meta.db_table for model in models)})
