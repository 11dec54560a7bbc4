"""Typing from the notebook: a grid of rows that are saved at once (US-20 AC 5). It takes the road of a file."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.text import clean_text
from halkhata.records.imports.choices import IssueKind
from halkhata.records.imports.issue_words import issue_sentence
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.policies import refuse_unless_may_import
from halkhata.records.imports.registry import ImportTarget, import_targets
from halkhata.records.imports.services.typing_in import load_typed

ROWS, MOST_ROWS = 15, 60
TARGET = "customers"


@require_http_methods(["GET", "POST"])
@needs("customer.import")
def notebook(request: StaffRequest) -> HttpResponse:
    """A grid to type into. Nothing is saved while a row cannot be read; what is wrong stands beside the row."""
    refuse_unless_may_import(request.user)
    target = import_targets.get(TARGET)
    labels = {column.code: column.label for column in target.columns()}
    headings = [labels[code] for code in target.notebook]
    rows = [_typed(request, target, number) for number in range(_rows_asked(request))]
    for row in rows:
        row["fields"] = [(*cell, heading) for cell, heading in zip(row["cells"], headings, strict=True)]
    status = 200
    if request.method == "POST":
        filled = [row["values"] for row in rows if any(row["values"])]
        _judge(request, target, rows)
        status = 422
        if filled and not any(row["problem"] for row in rows):
            try:
                run = load_typed(
                    actor=request.user, target=TARGET, codes=target.notebook, rows=filled, name=_("Notebook")
                )
            except Conflict as error:
                messages.error(request, str(error.message))
                status = 409
            else:
                return redirect("imports:detail", run.pk)
    return render(
        request,
        "imports/notebook.html",
        {
            "headings": headings,
            "rows": rows,
            "row_count": len(rows),
            "is_empty": status == 422 and not any(any(row["values"]) for row in rows),
        },
        status=status,
    )


def _rows_asked(request: StaffRequest) -> int:
    asked = request.POST.get("rows", "")
    return min(MOST_ROWS, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 4 else ROWS


def _typed(request: StaffRequest, target: ImportTarget, number: int) -> dict[str, Any]:
    values = [clean_text(request.POST.get(f"{code}_{number}", "")[:500]) for code in target.notebook]
    return {"number": number, "values": values, "problem": "", "cells": list(zip(target.notebook, values, strict=True))}


def _judge(request: StaffRequest, target: ImportTarget, rows: list[dict[str, Any]]) -> None:
    """Say beside each row what is wrong with it."""
    run = ImportRun(target=TARGET, branch=request.user.branch, options={"known": "fill", "shared": "list"})
    work = target.open(run, request.user)
    good = {}
    for row in rows:
        values = {code: [value] for code, value in row["cells"] if value}
        if not values:
            continue
        read = work.read(row["number"] + 1, values)
        bad = [issue for issue in read.issues if issue.kind == IssueKind.BAD]
        if bad:
            row["problem"] = "; ".join(str(issue_sentence(issue.code, issue.data)) for issue in bad)
        else:
            good[row["number"] + 1] = (row, read)
    for verdict in work.judge([read for _row, read in good.values()]) if good else ():
        if verdict.issue is not None:
            good[verdict.row.number][0]["problem"] = str(issue_sentence(verdict.issue.code, verdict.issue.data))
