"""The steps of an import: columns, trial run, import, stop, undo."""

from itertools import islice

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.records.imports.choices import RunState
from halkhata.records.imports.forms import MappingForm
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.reading.bijoy import from_bijoy
from halkhata.records.imports.reading.sources import all_rows, path_of
from halkhata.records.imports.selectors.runs import run_for
from halkhata.records.imports.services.beginning import (
    ask_to_stop,
    begin_check,
    begin_load,
    begin_undo,
    choose_sheet,
    set_mapping,
)

PREVIEW = 5


@require_http_methods(["GET", "POST"])
@needs("customer.import")
def mapping(request: StaffRequest, pk: int) -> HttpResponse:
    """What each column means, beside what stands in it; saving begins the trial run."""
    run = run_for(request.user, pk)
    if run.state not in (RunState.UPLOADED, RunState.CHECKED):
        return redirect("imports:detail", pk)
    form = MappingForm(request.POST or None, run=run, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            run = set_mapping(actor=request.user, run=run, **form.values())
            begin_check(actor=request.user, run=run)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            return redirect("imports:detail", pk)
    return render(
        request,
        "imports/mapping.html",
        {"run": run, "form": form, "columns": _columns(run, form), "sheets": run.layout.get("sheets", [])},
        status=422 if form.errors else 200,
    )


@require_POST
@needs("customer.import")
def sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """Read another sheet of the workbook."""
    choose_sheet(actor=request.user, run=run_for(request.user, pk), sheet=request.POST.get("sheet", "")[:100])
    return redirect("imports:mapping", pk)


@require_POST
@needs("customer.import")
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """Try again what would come of it."""
    begin_check(actor=request.user, run=run_for(request.user, pk))
    return redirect("imports:detail", pk)


@require_POST
@needs("customer.import")
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Import."""
    begin_load(actor=request.user, run=run_for(request.user, pk))
    return redirect("imports:detail", pk)


@require_POST
@needs("customer.import")
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop; what is imported stays."""
    ask_to_stop(actor=request.user, run=run_for(request.user, pk))
    messages.success(request, _("It stops after the rows at hand."))
    return redirect("imports:detail", pk)


@require_POST
@needs("customer.import")
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take all of it back."""
    begin_undo(actor=request.user, run=run_for(request.user, pk))
    return redirect("imports:detail", pk)


def _columns(run: ImportRun, form: MappingForm) -> list[dict[str, object]]:
    """Each column of the file with its fields and the first cells under it."""
    start = run.header_row
    rows = list(islice(all_rows(path_of(run), run.kind, run.layout), start, start + 40))
    found = []
    for index in form.indexes:
        cells = [row[index].strip() for row in rows if index < len(row) and row[index].strip()][:PREVIEW]
        is_bijoy = index in run.layout.get("bijoy", ())
        found.append(
            {
                "number": index + 1, "heading": run.layout["headers"][index], "field": form[f"column_{index}"],
                "bijoy": form[f"bijoy_{index}"], "is_bijoy": is_bijoy,
                "cells": [from_bijoy(cell) if is_bijoy else cell for cell in cells],
            }
        )  # fmt: skip
    return found
