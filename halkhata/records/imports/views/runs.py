"""Imports: the list, bringing a file, one import with what came of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.views.paging import page_links
from halkhata.records.imports.choices import ENDED, RunState
from halkhata.records.imports.forms import FIRST_TARGET, FileForm
from halkhata.records.imports.issue_words import MENDED
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.policies import refuse_unless_may_import
from halkhata.records.imports.registry import import_targets
from halkhata.records.imports.selectors.runs import first_issues, has_problem_rows, kept_count, run_for, runs_page
from halkhata.records.imports.services.beginning import receive_file


@require_GET
@needs("customer.import")
def import_list(request: StaffRequest) -> HttpResponse:
    """Imports, the newest first."""
    refuse_unless_may_import(request.user)
    page = runs_page(request.user, before=request.GET.get("before"), after=request.GET.get("after"))
    return render(request, "imports/list.html", {"runs": page.items, **page_links(request, page)})


@require_http_methods(["GET", "POST"])
@needs("customer.import")
def import_new(request: StaffRequest) -> HttpResponse:
    """Bring a file."""
    refuse_unless_may_import(request.user)
    form = FileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = receive_file(actor=request.user, target=form.target, name=file.name, chunks=file.chunks())
        except DomainError as error:
            form.add_error("file" if error.field == "file" else None, str(error.message))
        else:
            return redirect("imports:mapping", run.pk)
    return render(request, "imports/new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@needs("customer.import")
def import_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One import: how far it is, what was found, what can be done now."""
    run = run_for(request.user, pk)
    may_edit = request.user.may("customer.edit")
    return render(request, "imports/detail.html", {**detail_context(run), "may_edit": may_edit})


@require_GET
@needs("customer.import")
def import_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The part of the page that changes while the import moves; asked for every two seconds."""
    run = run_for(request.user, pk)
    if not run.is_moving:
        response = HttpResponse(status=204)
        # The buttons of the page change as well: the whole page comes anew.
        response["HX-Redirect"] = reverse("imports:detail", args=[pk])
        return response
    return render(request, "imports/_progress.html", detail_context(run))


def detail_context(run: ImportRun) -> dict[str, Any]:
    """What the page of an import shows."""
    counts = run.counts
    target = import_targets.find(run.target)
    return {
        "run": run,
        "target": target,
        "is_customers": run.target == FIRST_TARGET,
        "counts": counts,
        "is_checked": run.state == RunState.CHECKED,
        "is_ended": run.state in ENDED,
        "may_undo": run.state in ENDED or (run.state == RunState.UNDONE and counts.get("kept")),
        "done": min(run.rows_done, run.rows_total or run.rows_done),
        "total": max(run.rows_total, run.rows_done, 1),
        "problems": counts.get("bad", 0) + counts.get("conflict", 0),
        "mended": [(MENDED[code], number) for code, number in sorted(counts.items()) if code in MENDED and number],
        "issues": first_issues(run) if not run.is_moving else [],
        "has_problem_file": run.source_id is not None and not run.is_moving and has_problem_rows(run),
        "kept": kept_count(run) if run.state == RunState.UNDONE else 0,
    }
