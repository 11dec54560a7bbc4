"""Why is it late? A page, and the same as a dialog of the red board (US-12)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.forms.delays import DelayForm
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.policies import can_work_on
from halkhata.engines.work.selectors.delays import broken_clocks, delay_notes, reason_labels
from halkhata.engines.work.selectors.rows import item_url
from halkhata.engines.work.services.delays import explain_delay
from halkhata.engines.work.views.found import item_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.middleware import status_of


@require_http_methods(["GET", "POST"])
@needs("work.view")
def delay(request: StaffRequest, number: str) -> HttpResponse:
    """What was promised and broken, what was said about it, and the form for the reason."""
    found = item_for(request.user, number)
    may_work = can_work_on(request.user, found)
    is_open = found.state_flag != StateFlag.RESOLVED
    form = DelayForm(request.POST or None, may_tell=is_open)
    status = 200
    if request.method == "POST":
        if not may_work:
            raise PermissionRefused("delay_refused", _("This is somebody else's work."))
        status = 422
        if form.is_valid():
            try:
                explain_delay(actor=request.user, item=found, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Written down."))
                return redirect(_back(request, found))
    labels = reason_labels()
    context = {
        "item": found,
        "item_url": item_url(found),
        "clocks": broken_clocks(found),
        "notes": [{"note": note, "label": labels.get(note.reason, note.reason)} for note in delay_notes(found)],
        "form": form if may_work else None,
        "is_open": is_open,
        "back": request.POST.get("back") or request.GET.get("back", ""),
    }
    template = "work/_delay.html" if request.htmx and request.method == "GET" else "work/delay.html"
    return render(request, template, context, status=status)


def _back(request: StaffRequest, found: WorkItem) -> str:
    """Where the form was asked for, when that is a page of ours; else the item's page."""
    wanted = request.POST.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return item_url(found)
