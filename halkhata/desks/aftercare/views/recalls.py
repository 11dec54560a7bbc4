"""Recalls: the list, a new one with its preview, one recall and its report, one unit of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.aftercare.choices import RecallState
from halkhata.desks.aftercare.forms import CallForm, DoneForm, RecallForm
from halkhata.desks.aftercare.models import Recall, RecallUnit
from halkhata.desks.aftercare.policies import NOTHING_HERE
from halkhata.desks.aftercare.selectors.listing import recall_units_page, seen_customers
from halkhata.desks.aftercare.selectors.recalls import by_branch, progress_of, recall_for
from halkhata.desks.aftercare.services.recall_steps import mark_done, record_recall_call
from halkhata.desks.aftercare.services.recalls import close_recall, preview_recall, start_recall
from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.records.customers.privacy import shown_point
from halkhata.records.customers.views.paging import page_links
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.services.contacting import may_contact

MOST = 100


@needs("aftercare.view")
@require_safe
def recalls(request: StaffRequest) -> HttpResponse:
    """Open recalls with how far each has come, then closed ones."""
    rows = list(Recall.objects.select_related("brand", "product").order_by("closed_at", "-created_at")[:MOST])
    progress = progress_of(request.user, rows)
    context = {
        "rows": [
            {"recall": row, "progress": progress[row.pk]} for row in sorted(rows, key=lambda one: not one.is_open)
        ],
        "may_start": request.user.may("recall.manage"),
    }
    return render(request, "aftercare/recalls.html", context)


@needs("aftercare.view", "recall.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def recall_new(request: StaffRequest) -> HttpResponse:
    """The form; "Count" says how many units it means, "Start" starts it."""
    form = RecallForm(request.POST or None)
    match, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if "start" in request.POST:
                    started = start_recall(actor=request.user, **form.cleaned_data)
                    messages.success(request, _("Recall %(number)s has begun.") % {"number": ref(started.number)})
                    return redirect("aftercare:recall", started.number)
                match, status = preview_recall(actor=request.user, **form.which), 200
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
    context = {"form": form, "match": match, "missing": match.missing[:20] if match else ()}
    return render(request, "aftercare/recall_new.html", context, status=status)


@needs("aftercare.view")
@require_safe
def recall(request: StaffRequest, number: str) -> HttpResponse:
    """One recall: how far it has come, branch by branch, and its units as a list to call."""
    row = recall_for(number)
    state = request.GET.get("state", "")
    page = recall_units_page(
        request.user, row, state=state, before=request.GET.get("before"), after=request.GET.get("after")
    )
    seen = seen_customers(request.user, {one.unit.owner_id for one in page.items})
    progress = progress_of(request.user, [row])[row.pk]
    context = {
        "recall": row,
        "progress": progress,
        "branches": [
            {**one, "name": in_reader_language(one["unit__branch__name_bn"], one["unit__branch__name_en"])}
            for one in by_branch(request.user, row)
        ],
        "page": page,
        "rows": [shown(request, one, seen) for one in page.items],
        "tabs": [
            {"label": label, "url": f"?state={code}" if code else "?", "active": state == code,
             "count": progress.by_state.get(code, 0) if code else progress.units}
            for code, label in (("", _("All")), *RecallState.choices)
        ],
        "may_manage": request.user.may("recall.manage"),
        "may_call": request.user.may("aftercare.call") and row.is_open,
        **page_links(request, page),
    }  # fmt: skip
    return render(request, "aftercare/recall.html", context)


@needs("aftercare.view", "aftercare.call")
@require_http_methods(["GET", "HEAD", "POST"])
def recall_unit(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """One unit: whom to call, what to say, how it ended."""
    row = _row(request, number, pk)
    form = CallForm(request.POST or None, initial={"version": row.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                record_recall_call(actor=request.user, row=row, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Written down."))
                return redirect("aftercare:recall", row.recall.number)
    return _unit_page(request, row, form, DoneForm(initial={"version": row.version}), status)


@needs("aftercare.view", "recall.manage")
@require_POST
def recall_done(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """It was done elsewhere."""
    row = _row(request, number, pk)
    form = DoneForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            mark_done(actor=request.user, row=row, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            messages.success(request, _("Written down."))
            return redirect("aftercare:recall", row.recall.number)
    return _unit_page(request, row, CallForm(initial={"version": row.version}), form, status)


@needs("aftercare.view", "recall.manage")
@require_POST
def recall_close(request: StaffRequest, number: str) -> HttpResponse:
    """The company has ended it."""
    row = recall_for(number)
    try:
        close_recall(actor=request.user, recall=row)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Recall %(number)s is closed.") % {"number": ref(row.number)})
    return redirect("aftercare:recall", row.number)


def _row(request: StaffRequest, number: str, pk: int) -> RecallUnit:
    rows = RecallUnit.objects.visible_to(request.user).select_related(
        "recall__brand", "unit__product__brand", "unit__product__kind", "unit__branch", "unit__owner", "told_by"
    )
    found = rows.prefetch_related("unit__identifiers", "unit__owner__contact_points").filter(pk=pk).first()
    if found is None or found.recall.number != recall_for(number).number:
        raise NotFound("not_found", NOTHING_HERE)
    return found


def _unit_page(request: StaffRequest, row: RecallUnit, form: CallForm, done: DoneForm, status: int) -> HttpResponse:
    seen = seen_customers(request.user, {row.unit.owner_id})
    context = {
        "row": row, "shown": shown(request, row, seen), "form": form, "done_form": done,
        "is_open": row.recall.is_open and row.state != RecallState.DONE,
        "may_manage": request.user.may("recall.manage"), "may_call": request.user.may("aftercare.call"),
        "may_open_job": request.user.may("job.create"),
        "refusal": may_contact(row.unit.owner_id, Purpose.SERVICE, ContactChannel.PHONE).words,
    }  # fmt: skip
    return render(request, "aftercare/recall_unit.html", context, status=status)


def shown(request: StaffRequest, row: RecallUnit, seen: set[int]) -> dict[str, Any]:
    """A unit with what the reader may see of its owner."""
    owner = row.unit.owner if row.unit.owner_id in seen else None
    points = list(owner.contact_points.all()) if owner is not None else []
    phone = next((one for one in points if one.kind == "phone"), None)
    return {
        "row": row, "customer": owner, "phone": shown_point(request.user, phone) if phone is not None else None
    }  # fmt: skip
