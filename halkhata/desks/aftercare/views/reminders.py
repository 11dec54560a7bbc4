"""The list of those to call, one call, and an owner who wants no reminders."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.aftercare.choices import CallResult, ReminderKind, ReminderState
from halkhata.desks.aftercare.forms import CallForm
from halkhata.desks.aftercare.models import Reminder
from halkhata.desks.aftercare.policies import NOTHING_HERE
from halkhata.desks.aftercare.selectors.listing import (
    LATER,
    SETTLED,
    TO_CALL,
    VIEWS,
    ReminderFilters,
    counts_of,
    next_to_call,
    reminder_page,
    seen_customers,
)
from halkhata.desks.aftercare.services.calling import allow_reminders, record_call, stop_reminders
from halkhata.desks.aftercare.words import why_words
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.selectors.units import unit_by_number
from halkhata.records.customers.policies import branches_open_to
from halkhata.records.customers.privacy import shown_point
from halkhata.records.customers.views.paging import page_links
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.warranty.words import number

_FILTERS = ("kind", "state", "branch", "q")


@needs("aftercare.view")
@require_safe
def reminders(request: StaffRequest) -> HttpResponse:
    """Whom to call today, the soonest day first; later ones; how calls ended."""
    query = request.GET
    wanted = read_filter(query)
    page = reminder_page(request.user, wanted, before=query.get("before"), after=query.get("after"))
    seen = seen_customers(request.user, {row.customer_id for row in page.items})
    counts = counts_of(request.user)
    labels = {TO_CALL: _("To call"), LATER: _("Another day"), SETTLED: _("Written down")}
    branches = list(branches_open_to(request.user)[:200])
    context = {
        "page": page,
        "rows": [row_of(request, row, seen) for row in page.items],
        "wanted": wanted,
        "tabs": [
            {"label": labels[name], "url": _address(query, view=name, state=""), "active": name == wanted.view,
             "count": counts.get(name)}
            for name in VIEWS
        ],
        "kinds": [
            {"code": code, "label": label, "count": counts[f"kind_{code}"] if wanted.view == TO_CALL else None,
             "active": wanted.kind == code, "url": _address(query, kind="" if wanted.kind == code else code)}
            for code, label in ReminderKind.choices
        ],
        "states": [one for one in ReminderState.choices if one[0] != ReminderState.OPEN],
        "branches": branches if len(branches) > 1 else [],
        "is_filtered": bool(wanted.kind or wanted.state or wanted.branch_id or wanted.text),
        "may_call": request.user.may("aftercare.call"),
        "may_set": request.user.may("settings.edit"),
        **page_links(request, page),
    }  # fmt: skip
    return render(request, "aftercare/reminders.html", context)


@needs("aftercare.view", "aftercare.call")
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: StaffRequest, pk: int) -> HttpResponse:
    """One reminder: whom to call about what, and how it ended. Then the next one."""
    row = (
        Reminder.objects.visible_to(request.user)
        .select_related("unit__product__brand", "unit__product__kind", "unit__branch", "customer", "settled_by")
        .prefetch_related("customer__contact_points", "unit__identifiers")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotFound("not_found", NOTHING_HERE)
    form = CallForm(request.POST or None, initial={"version": row.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                record_call(actor=request.user, reminder=row, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                return _onwards(request, row, form.cleaned_data["result"])
    seen = seen_customers(request.user, {row.customer_id})
    earlier = Reminder.objects.filter(unit=row.unit).exclude(pk=row.pk).order_by("-pk")[:5]
    context = {
        "row": row, "form": form, "shown": row_of(request, row, seen), "earlier": list(earlier),
        "is_open": row.state == ReminderState.OPEN, "may_open_job": request.user.may("job.create"),
        "refusal": may_contact(row.customer_id, Purpose.SERVICE, ContactChannel.PHONE).words,
    }  # fmt: skip
    return render(request, "aftercare/call.html", context, status=status)


def _onwards(request: StaffRequest, row: Reminder, result: str) -> HttpResponse:
    words = {
        CallResult.REACHED: _("Written down."),
        CallResult.DATE: _("Written down: the workshop hears of the day."),
        CallResult.NO_ANSWER: _("Written down: it comes back."),
        CallResult.NO_CALL: _("Written down: nobody is reminded about this unit any more."),
    }
    messages.success(request, words[CallResult(result)])
    following = next_to_call(request.user, apart_from=row.pk)
    return redirect("aftercare:call", following.pk) if following is not None else redirect("aftercare:reminders")


@needs("aftercare.view", "aftercare.call")
@require_POST
def wish(request: StaffRequest, number: str) -> HttpResponse:
    """The owner wants no reminders about this unit, or wants them again (``again=1``)."""
    unit = unit_by_number(request.user, number)
    if unit is None:
        raise NotFound("not_found", NOTHING_HERE)
    if request.POST.get("again"):
        allow_reminders(actor=request.user, unit=unit)
        messages.success(request, _("The owner is reminded again."))
    else:
        stop_reminders(actor=request.user, unit=unit)
        messages.success(request, _("Nobody is reminded about this unit any more."))
    return redirect("catalog:unit", unit.number)


def row_of(request: StaffRequest, row: Reminder, seen: set[int]) -> dict[str, Any]:
    """A row with what the reader may see of its customer."""
    may = row.customer_id in seen
    points = list(row.customer.contact_points.all()) if may else []
    phone = next((one for one in points if one.kind == "phone"), None)
    return {
        "row": row,
        "customer": row.customer if may else None,
        "phone": shown_point(request.user, phone) if phone is not None else None,
        "why": why_words(row.why, row.unit.product.kind.usage_unit),
        "step": step_label(row),
    }


def step_label(row: Reminder) -> str:
    """Which of the reminders it is, in words."""
    named = {"before": _("before the day"), "on": _("on the day"), "after": _("after the day")}
    return named.get(row.step) or _("%(days)s days before the end") % {"days": number(int(row.step))}


def read_filter(query: Mapping[str, str]) -> ReminderFilters:
    """What stands in the address; anything that makes no sense is left out."""
    branch = query.get("branch", "")
    return ReminderFilters(
        view=query["view"] if query.get("view") in VIEWS else TO_CALL,
        kind=query["kind"] if query.get("kind") in ReminderKind.values else "",
        state=query["state"] if query.get("state") in ReminderState.values else "",
        branch_id=int(branch) if branch.isascii() and branch.isdigit() and len(branch) < 10 else None,
        text=query.get("q", "").replace("\x00", "")[:60].strip(),
    )


def _address(query: Mapping[str, str], **changes: str) -> str:
    kept = {name: query[name] for name in ("view", *_FILTERS) if query.get(name)}
    return "?" + urlencode({name: value for name, value in {**kept, **changes}.items() if value})
