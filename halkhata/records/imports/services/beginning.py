"""The steps that people take: bring a file, say what its columns mean, try, import, stop, undo."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text, search_key
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.foundation.files.services.large_files import store_chunks
from halkhata.records.customers.policies import branches_open_to
from halkhata.records.imports.choices import ENDED, KnownRule, RunState, SharedRule
from halkhata.records.imports.models import ImportedRow, ImportIssue, ImportRun, SavedMapping
from halkhata.records.imports.policies import refuse_unless_may_bring, refuse_unless_may_import
from halkhata.records.imports.reading.headings import (
    find_headings,
    guess_mapping,
    headings_of,
    mapping_by,
    signature_of,
)
from halkhata.records.imports.reading.sources import find_layout, path_of, sample_rows
from halkhata.records.imports.registry import import_targets
from halkhata.records.imports.services.ending import summary_of
from halkhata.records.imports.services.limits import refuse_too_many_imports, refuse_too_many_lists
from halkhata.records.imports.services.progress import target_of
from halkhata.records.imports.services.seen_keys import forget_seen
from halkhata.records.imports.services.stepping import enqueue_work

MOST_BYTES = 300 * 1024 * 1024
OPTIONS = {"known": KnownRule, "shared": SharedRule}
DEFAULTS = {"known": KnownRule.FILL.value, "shared": SharedRule.LIST.value}


def receive_file(
    *, actor: Any, target: str, name: str, chunks: Iterable[bytes], branch: Branch | None = None, sheet: str = ""
) -> ImportRun:
    """Keep a file and find out how to read it: encoding, headings, what the columns mean, Bijoy.

    Columns mean what they meant the last time for a file with the same headings. Raises PermissionRefused, DomainError
    "file_too_large", "file_empty", "bad_workbook", "no_rows", "branch_not_yours", Conflict "too_many_lists".
    """
    refuse_unless_may_import(actor)
    refuse_unless_may_bring(actor, import_targets.find(target))
    branch = branch or (actor.branch if isinstance(actor, User) else Branch.objects.order_by("id").first())
    if branch is None:
        raise DomainError("no_branch", _("There is no branch yet."))
    _refuse_foreign_branch(actor, branch)
    refuse_too_many_lists(actor)
    file = store_chunks(name=name, chunks=chunks, most=MOST_BYTES)
    run = ImportRun(
        target=target, source=file, file_name=file.original_name, branch=branch, options=dict(DEFAULTS),
        created_by=actor if isinstance(actor, User) else None,
    )  # fmt: skip
    run.kind, run.layout, run.rows_total = find_layout(blob_path(file.path), sheet=sheet)
    _guess(run)
    with transaction.atomic():
        run.save()
        trail.record(actor=actor, action="import.receive", record=run, after=summary_of(run))
    return run


def choose_sheet(*, actor: Any, run: ImportRun, sheet: str) -> ImportRun:
    """Read another sheet of the workbook. Raises as ``receive_file``, and Conflict "import_begun"."""
    refuse_unless_may_import(actor)
    with transaction.atomic():
        run = _fresh(run, RunState.UPLOADED, RunState.CHECKED)
        run.kind, run.layout, run.rows_total = find_layout(path_of(run), sheet=sheet)
        run.state, run.checked = RunState.UPLOADED, {}
        _guess(run)
        run.save()
    return run


def set_mapping(
    *, actor: Any, run: ImportRun, mapping: Mapping[int, str], options: Mapping[str, Any], bijoy: Iterable[int] = (),
    branch: Branch | None = None, header_row: int | None = None,
) -> ImportRun:  # fmt: skip
    """Say what the columns mean (number -> code) and how to treat what is there already.

    Raises PermissionRefused, Conflict "import_begun", DomainError "unknown_column", "column_twice", "nothing_mapped",
    "unknown_choice", "branch_not_yours".
    """
    refuse_unless_may_import(actor)
    columns = {column.code: column for column in target_of(run).columns()}
    kept: dict[str, str] = {}
    for index, code in mapping.items():
        if not code:
            continue
        if code not in columns:
            raise DomainError("unknown_column", _("There is no such column."), field=f"column_{index}")
        if code in kept.values() and not columns[code].many:
            raise DomainError(
                "column_twice", _("Two columns of the file cannot mean this one thing."), field=f"column_{index}"
            )
        kept[str(index)] = code
    if not kept:
        raise DomainError("nothing_mapped", _("Say of at least one column what it means."))
    for name, choices in OPTIONS.items():
        if options.get(name, DEFAULTS[name]) not in choices.values:
            raise DomainError("unknown_choice", _("Choose one of the list."), field=name)
    with transaction.atomic():
        run = _fresh(run, RunState.UPLOADED, RunState.CHECKED)
        if branch is not None:
            _refuse_foreign_branch(actor, branch)
            run.branch = branch
        if header_row is not None and 0 <= header_row <= 50:
            run.layout["header_row"] = header_row
        run.mapping, run.layout["bijoy"] = kept, sorted(set(bijoy))
        run.options = {**DEFAULTS, **run.options, **{name: str(value) for name, value in options.items()}}
        run.state, run.checked, run.counts, run.position = RunState.UPLOADED, {}, {}, 0
        run.save()
        _remember(actor, run)
    return run


def begin_check(*, actor: Any, run: ImportRun) -> ImportRun:
    """Begin the trial run in the background. Raises PermissionRefused, Conflict "import_begun", "too_many_imports"."""
    refuse_unless_may_import(actor)
    with transaction.atomic():
        refuse_too_many_imports(actor)
        run = _fresh(run, RunState.UPLOADED, RunState.CHECKED)
        _restart(run, RunState.CHECKING)
    return run


def begin_load(*, actor: Any, run: ImportRun) -> ImportRun:
    """Begin the import in the background, checked before or not.

    Raises PermissionRefused, Conflict "import_begun", "too_many_imports".
    """
    refuse_unless_may_import(actor)
    with transaction.atomic():
        refuse_too_many_imports(actor)
        run = _fresh(run, RunState.UPLOADED, RunState.CHECKED)
        run.started_at = now()
        _restart(run, RunState.LOADING)
        trail.record(actor=actor, action="import.begin", record=run, after=summary_of(run) | {"options": run.options})
    return run


def ask_to_stop(*, actor: Any, run: ImportRun) -> None:
    """Stop after the batch at hand. Raises PermissionRefused, Conflict "not_running"."""
    refuse_unless_may_import(actor)
    asked = ImportRun.objects.filter(pk=run.pk, state__in=[RunState.CHECKING, RunState.LOADING])
    if not asked.update(cancel_asked=True):
        raise Conflict("not_running", _("This import is not running."))


def begin_undo(*, actor: Any, run: ImportRun) -> ImportRun:
    """Begin to take the whole import back. Raises PermissionRefused, Conflict "import_begun", "too_many_imports"."""
    refuse_unless_may_import(actor)
    with transaction.atomic():
        refuse_too_many_imports(actor)
        run = _fresh(run, *ENDED, RunState.UNDONE)
        # What was left in place the last time is tried again.
        ImportedRow.objects.filter(run=run).exclude(kept="").update(kept="")
        run.state, run.moved_at, run.cancel_asked = RunState.UNDOING, now(), False
        run.counts = {key: value for key, value in run.counts.items() if key not in {"kept", "taken_back"}}
        run.save(update_fields=["state", "moved_at", "cancel_asked", "counts"])
        trail.record(actor=actor, action="import.begin_undo", record=run, after=summary_of(run))
        enqueue_work(run)
    return run


def _restart(run: ImportRun, state: RunState) -> None:
    if not run.mapping:
        raise DomainError("nothing_mapped", _("Say of at least one column what it means."))
    ImportIssue.objects.filter(run=run).delete()
    forget_seen(run.pk)
    run.state, run.position, run.counts, run.cancel_asked = state, 0, {}, False
    run.position, run.moved_at = run.header_row, now()
    run.save()
    enqueue_work(run)


def _fresh(run: ImportRun, *states: str) -> ImportRun:
    """The import, locked. Raises Conflict when it is in none of these states."""
    fresh = ImportRun.objects.select_for_update(of=("self",)).select_related("source", "branch").get(pk=run.pk)
    if fresh.state not in states:
        raise Conflict("import_begun", _("This import has moved on meanwhile. Look where it stands now."))
    return fresh


def _refuse_foreign_branch(actor: Any, branch: Branch) -> None:
    if isinstance(actor, User) and branch.pk != actor.branch_id and not branches_open_to(actor).filter(pk=branch.pk):
        raise DomainError("branch_not_yours", _("You cannot give a customer to this branch."), field="branch")


def _guess(run: ImportRun) -> None:
    assert run.source is not None
    columns = target_of(run).columns()
    rows = sample_rows(blob_path(run.source.path), run.kind, run.layout)
    header_row = find_headings(rows, columns)
    headings = headings_of(rows, header_row)
    mapping, bijoy = guess_mapping(rows, header_row, columns)
    saved = SavedMapping.objects.filter(target=run.target, signature=signature_of(headings)).first()
    if saved is not None and any(headings):
        mapping = {str(index): code for index, code in mapping_by(saved, headings, columns).items()}
        run.options = {**run.options, **saved.options}
    run.layout |= {"header_row": header_row, "headers": headings, "bijoy": bijoy}
    run.mapping = mapping


def _remember(actor: Any, run: ImportRun) -> None:
    headings = run.layout.get("headers", [])
    signature = signature_of(headings)
    if not signature:
        return
    columns = {
        search_key(headings[int(index)]): code for index, code in run.mapping.items() if int(index) < len(headings)
    }
    SavedMapping.objects.update_or_create(
        target=run.target, signature=signature,
        defaults={
            "name": clean_text(run.file_name, max_length=80), "columns": columns, "used_at": now(),
            "options": {name: run.options[name] for name in OPTIONS},
            "created_by": actor if isinstance(actor, User) else None,
        },
    )  # fmt: skip
