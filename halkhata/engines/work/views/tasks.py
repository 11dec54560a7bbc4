"""Planned work: its page, its result; and the way from a number to an item's own page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.engines.work.choices import Outcome, StateFlag
from halkhata.engines.work.forms.queue import AssignForm
from halkhata.engines.work.forms.tasks import TaskResultForm
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.policies import can_assign, can_work_on
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.rows import item_rows, item_url
from halkhata.engines.work.services.checklists import tick
from halkhata.engines.work.services.ownership import assign_item
from halkhata.engines.work.services.tasks import complete_task, replan_task
from halkhata.engines.work.views.found import item_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound


@require_GET
@needs("work.view")
def item(request: StaffRequest, number: str) -> HttpResponse:
    """Lead to the page of the item's own desk."""
    found = item_for(request.user, number)
    url = item_url(found)
    return _page(request, found) if url == request.path else redirect(url)


@require_GET
@needs("work.view")
def task(request: StaffRequest, number: str) -> HttpResponse:
    """A planned piece of work: what, for whom, why, and the result to be written."""
    found = item_for(request.user, number)
    kind = item_kinds.find(found.kind)
    if kind is None or not kind.is_planned:
        return redirect(item_url(found))
    return _page(request, found)


@require_POST
@needs("work.view")
def task_result(request: StaffRequest, number: str) -> HttpResponse:
    """Write how it ended, or put it off."""
    found = item_for(request.user, number)
    form = TaskResultForm(request.POST, item=found)
    if form.is_valid():
        try:
            _write_result(request, found, form)
        except DomainError as error:
            if error.field is None:
                raise
            form.take_error(error)
        else:
            return redirect(_back(request, found))
    return _page(request, found, form=form, status=422)


@require_POST
@needs("work.view", "ticket.assign")
def task_assignment(request: StaffRequest, number: str) -> HttpResponse:
    """Give it to somebody else."""
    found = item_for(request.user, number)
    form = AssignForm(request.POST, user=request.user)
    if form.is_valid():
        assign_item(actor=request.user, item=found, owner=form.cleaned_data["owner"])
        messages.success(request, _("Given to %(name)s.") % {"name": form.cleaned_data["owner"]})
    else:
        messages.warning(request, _("Choose the person who gets the work."))
    return redirect(_back(request, found))


@require_POST
@needs("work.view")
def checklist_line(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Tick a line of a checklist off, or take the tick back (``done`` empty)."""
    found = item_for(request.user, number)
    line = found.checklist.filter(pk=pk).first()
    if line is None:
        raise NotFound("line_not_found", _("There is no such line."))
    tick(actor=request.user, line=line, done=bool(request.POST.get("done")))
    if request.htmx:
        return render(request, "work/_checklist.html", checklist_context(request, found))
    return redirect(_back(request, found))


@require_http_methods(["GET"])
@needs("work.view")
def checklist(request: StaffRequest, number: str) -> HttpResponse:
    """The checklist alone, as the desks' pages include it."""
    return render(request, "work/_checklist.html", checklist_context(request, item_for(request.user, number)))


def checklist_context(request: StaffRequest, found: WorkItem) -> dict:
    """What work/_checklist.html needs."""
    return {
        "item": found,
        "lines": list(found.checklist.select_related("done_by")),
        "may_work": can_work_on(request.user, found),
        "back": request.get_full_path() if request.method == "GET" else item_url(found),
    }


def _write_result(request: StaffRequest, found: WorkItem, form: TaskResultForm) -> None:
    data = form.cleaned_data
    if form.tries_again:
        after = replan_task(
            actor=request.user,
            item=found,
            planned_at=form.next_time(),
            outcome=data["outcome"],
            note=data["note"],
        )
        if after.state_flag == StateFlag.RESOLVED:
            messages.success(request, _("Nobody answered for the third time: this is done, it does not come back."))
        else:
            messages.success(request, _("Written down. It comes back on the list at the new time."))
    else:
        complete_task(actor=request.user, item=found, outcome=data["outcome"], note=data["note"])
        messages.success(request, _("Done: %(outcome)s") % {"outcome": Outcome(data["outcome"]).label})


def _page(
    request: StaffRequest, found: WorkItem, form: TaskResultForm | None = None, status: int = 200
) -> HttpResponse:
    points = list(found.customer.contact_points.all()) if found.customer is not None else []
    return render(
        request,
        "work/task.html",
        {
            **checklist_context(request, found),
            "row": item_rows([found])[0],
            "form": form or TaskResultForm(item=found),
            "assign_form": AssignForm(user=request.user, auto_id="assign_%s") if can_assign(request.user) else None,
            "points": points,
            "parent_url": item_url(found.parent) if found.parent is not None else "",
            "history": list(found.history.order_by("-at", "-pk")[:30]),
            "outcomes": dict(Outcome.choices),
        },
        status=status,
    )


def _back(request: StaffRequest, found: WorkItem) -> str:
    """Where the form was, when that is a page of ours; else the item's page."""
    wanted = request.POST.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return item_url(found)
