"""The queue: filters in the address, saved views, giving several items to one person."""

from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.work.forms.queue import (
    AssignForm,
    QueueFilterForm,
    SavedViewForm,
    branches_among,
    people_for,
    teams_for,
)
from halkhata.engines.work.policies import can_assign, can_delete_view
from halkhata.engines.work.selectors.filters import QueueFilters
from halkhata.engines.work.selectors.queue import PRESETS, page_query, queue_page, saved_views
from halkhata.engines.work.selectors.rows import item_rows
from halkhata.engines.work.services.ownership import assign_items
from halkhata.engines.work.services.views import remove_view, save_view, view_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.capped import COUNTED
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader


def shown_count(count: int) -> str:
    """A capped count as people read it: "12", "99+"."""
    digits = current_reader().digits
    if count >= COUNTED:
        return f"{format_number(COUNTED - 1, digits=digits)}+"
    return format_number(count, digits=digits)


@require_GET
@needs("work.view")
def queue(request: StaffRequest) -> HttpResponse:
    """One page of the queue."""
    user = request.user
    filters = QueueFilters.read(request.GET)
    page = queue_page(user, filters, request.GET.get("after"), before=request.GET.get("before"))
    views = saved_views(user)
    people, teams = people_for(user), teams_for(user)
    present = filters.query()
    presets = [
        {
            "label": label,
            "url": f"?{preset.query()}",
            "active": preset == filters,
            "count": shown_count(page.counts[code]),
            "icon": icon,
        }
        for code, label, icon, preset in PRESETS
    ]
    return render(
        request,
        "work/queue.html",
        {
            "filters": filters,
            "form": QueueFilterForm(
                user=user,
                filters=filters,
                people=people,
                teams=teams,
                branches=branches_among(people, teams),
                stamps=page.stamps,
            ),
            "rows": item_rows(page.items),
            "found": shown_count(page.counts["found"]),
            "newer_url": f"?{query}" if (query := page_query(filters, "before", page.prev)) else "",
            "older_url": f"?{query}" if (query := page_query(filters, "after", page.next)) else "",
            "presets": presets,
            "views": [
                {"view": view, "active": _same(view.query, present), "may_delete": can_delete_view(user, view)}
                for view in views
            ],
            "view_form": SavedViewForm(initial={"query": present}, auto_id="view_%s"),
            "present": present,
            "may_assign": can_assign(user),
            "people": people,
        },
    )


def _same(stored: str, present: str) -> bool:
    return bool(stored) and sorted(parse_qsl(stored)) == sorted(parse_qsl(present))


@require_POST
@needs("work.view", "ticket.assign")
def queue_assign(request: StaffRequest) -> HttpResponse:
    """Give the marked items to one person: all, or none when one is out of reach."""
    back = _queue_url(request.POST.get("query", ""))
    ids = [int(value) for value in request.POST.getlist("item") if value.isascii() and value.isdigit()][:200]
    form = AssignForm(request.POST, user=request.user)
    if not ids:
        messages.warning(request, _("Mark at least one line first."))
        return redirect(back)
    if not form.is_valid():
        messages.warning(request, _("Choose the person who gets the work."))
        return redirect(back)
    count = assign_items(actor=request.user, ids=ids, owner=form.cleaned_data["owner"])
    shown = format_number(count, digits=current_reader().digits)
    messages.success(
        request,
        ngettext("%(count)s item given to %(name)s.", "%(count)s items given to %(name)s.", count)
        % {"count": shown, "name": form.cleaned_data["owner"]},
    )
    return redirect(back)


@require_POST
@needs("work.view")
def view_new(request: StaffRequest) -> HttpResponse:
    """Keep the present filters under a name."""
    form = SavedViewForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        save_view(actor=request.user, name=data["name"], query=data["query"], is_shared=data["is_shared"])
        messages.success(request, _("The view is kept."))
    else:
        messages.warning(request, _("Give the view a name."))
    return redirect(_queue_url(request.POST.get("query", "")))


@require_POST
@needs("work.view")
def view_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a saved view."""
    remove_view(actor=request.user, view=view_for(request.user, pk))
    messages.success(request, _("The view is removed."))
    return redirect("work:queue")


def _queue_url(query: str) -> str:
    """The queue with these filters; only known names are taken over, so nothing else gets into the address."""
    kept = QueueFilters.read(QueryDict(query[:500])).query()
    return reverse("work:queue") + (f"?{kept}" if kept else "")
