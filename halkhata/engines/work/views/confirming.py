"""Sending work up by hand, and confirming what was sent up (A52.12)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.rows import item_url
from halkhata.engines.work.services import confirming
from halkhata.engines.work.views.found import item_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict


@require_POST
@needs("work.view", "work.escalate")
def send_up(request: StaffRequest, number: str) -> HttpResponse:
    """One level up, to the next higher person."""
    found = item_for(request.user, number)
    try:
        confirming.send_up(actor=request.user, item=found, note=request.POST.get("note", ""))
    except Conflict as error:
        messages.warning(request, str(error.message))
    else:
        messages.success(request, _("Sent up. The person above has been told."))
    return redirect(_back(request, found))


@require_POST
@needs("work.view")
def confirm(request: StaffRequest, number: str) -> HttpResponse:
    """ "I have seen it and look after it": it does not move further up."""
    found = item_for(request.user, number)
    if confirming.confirm_escalation(actor=request.user, item=found):
        messages.success(request, _("Confirmed. It stays with you."))
    else:
        messages.info(request, _("There is nothing left to confirm here."))
    return redirect(_back(request, found))


def _back(request: StaffRequest, found: WorkItem) -> str:
    wanted = request.POST.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return item_url(found)
