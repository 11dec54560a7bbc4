"""What no company pays back of warranty work: the months, the rows behind a number, and all of it as a file."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from halkhata.desks.claims.choices import LossReason
from halkhata.desks.claims.selectors.branches import branches_of
from halkhata.desks.claims.selectors.losses import MOST, MonthLoss, Narrowed, loss_rows, losses, totals
from halkhata.desks.claims.selectors.report import Span
from halkhata.desks.claims.sheets import as_csv
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.models import Installation
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Brand


@needs("claim.view")
@require_safe
def months(request: StaffRequest) -> HttpResponse:
    """By month and company, each number a way to its rows."""
    wanted = _read(request)
    lines = losses(request.user, wanted)
    context = {
        "span": wanted.span, "lines": [_line(line, wanted) for line in lines],
        "totals": [_line(line, wanted, whole=True) for line in totals(lines)],
        "reasons": [label for _code, label in LossReason.choices],
        "brands": Brand.objects.filter(is_active=True), "branches": branches_of(request.user), "wanted": wanted,
        "is_filtered": wanted.brand is not None or wanted.branch is not None,
        "file_url": reverse("claims:losses_file") + "?" + urlencode(_query(wanted)),
    }  # fmt: skip
    return render(request, "claims/losses.html", context)


@needs("claim.view")
@require_safe
def rows(request: StaffRequest) -> HttpResponse:
    """The jobs and claims that one number counts."""
    wanted = _read(request)
    found, has_more = loss_rows(request.user, wanted)
    brand = Brand.objects.filter(pk=wanted.brand).first() if wanted.brand is not None else None
    context = {
        "rows": found, "has_more": has_more, "shown": len(found), "wanted": wanted, "brand": brand,
        "reason": LossReason(wanted.reason).label if wanted.reason else "",
        "back_url": reverse("claims:losses") + "?" + urlencode(_query(wanted, month=None, reason="", currency="")),
        "file_url": reverse("claims:losses_file") + "?" + urlencode(_query(wanted)),
    }  # fmt: skip
    return render(request, "claims/loss_rows.html", context)


@needs("claim.view")
@require_safe
def file(request: StaffRequest) -> HttpResponse:
    """The same rows as CSV; that they left the house is written down."""
    wanted = _read(request)
    found, _has_more = loss_rows(request.user, wanted, MOST)
    heads = [
        _("Day"), _("Company"), _("Branch"), _("Number"), _("Why nobody pays it"), _("What"), _("Amount"),
        _("Currency"),
    ]  # fmt: skip
    cells = [
        [
            day_of(row.at).isoformat(), row.brand, row.branch, row.number, str(row.label), row.what, str(row.amount),
            row.currency,
        ]
        for row in found
    ]  # fmt: skip
    with transaction.atomic():
        record(
            actor=request.user, action="claim.losses_export", record=Installation.current(),
            after={"query": urlencode(_query(wanted)), "rows": len(cells)},
        )  # fmt: skip
    name = f"claims-not-paid-{wanted.days.since:%Y-%m-%d}-{wanted.days.until:%Y-%m-%d}"
    response = HttpResponse(as_csv(heads, cells), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _line(line: MonthLoss, wanted: Narrowed, *, whole: bool = False) -> dict[str, Any]:
    place = {"currency": line.currency} if whole else {
        "currency": line.currency, "month": line.month, "brand": line.brand,
    }  # fmt: skip
    return {
        "row": line,
        "url": _rows_url(wanted, **place),
        "cells": [
            {"label": LossReason(code).label, "amount": amount, "count": count,
             "url": _rows_url(wanted, reason=code, **place)}
            for code, amount, count in line.cells
        ],
    }  # fmt: skip


def _rows_url(wanted: Narrowed, **more: Any) -> str:
    return reverse("claims:loss_rows") + "?" + urlencode(_query(wanted, **more))


def _query(wanted: Narrowed, **more: Any) -> dict[str, str]:
    values: dict[str, Any] = {
        "since": wanted.span.since, "until": wanted.span.until, "brand": wanted.brand, "branch": wanted.branch,
        "reason": wanted.reason, "currency": wanted.currency, "month": wanted.month, **more,
    }  # fmt: skip
    if values["month"]:
        values["month"] = f"{values['month']:%Y-%m}"
    return {name: str(value) for name, value in values.items() if value not in ("", None)}


def _read(request: StaffRequest) -> Narrowed:
    query = request.GET
    reason, currency = query.get("reason", ""), query.get("currency", "")[:3]
    return Narrowed(
        span=Span.read(query.get("since", ""), query.get("until", "")), brand=_key(query.get("brand", "")),
        branch=_key(query.get("branch", "")), reason=reason if reason in LossReason.values else "",
        currency=currency if currency.isalpha() and currency.isascii() else "", month=_month(query.get("month", "")),
    )  # fmt: skip


def _key(text: str) -> int | None:
    if not text:
        return None
    # What is no key of ours finds nothing.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None
