"""The operations page, and what can be done on it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.backups.policies import require_keeper
from halkhata.foundation.backups.services.settling import release_outgoing
from halkhata.foundation.core.models import EventDelivery, Job
from halkhata.oversight.operations.selectors.board import board
from halkhata.oversight.operations.services.mending import remove_job, replay_delivery, retry_job


@require_GET
@needs("settings.edit")
def show(request: StaffRequest) -> HttpResponse:
    """How everything stands."""
    require_keeper(request.user)
    return render(request, "operations/board.html", {"board": board()})


@require_POST
@needs("settings.edit")
def job_retry(request: StaffRequest, pk: str) -> HttpResponse:
    """Try a dead job again."""
    require_keeper(request.user)
    retry_job(actor=request.user, job=get_object_or_404(Job, pk=pk))
    messages.success(request, _("It is in line again."))
    return redirect("operations:board")


@require_POST
@needs("settings.edit")
def job_remove(request: StaffRequest, pk: str) -> HttpResponse:
    """Remove a dead job."""
    require_keeper(request.user)
    remove_job(actor=request.user, job=get_object_or_404(Job, pk=pk))
    messages.success(request, _("Removed."))
    return redirect("operations:board")


@require_POST
@needs("settings.edit")
def delivery_replay(request: StaffRequest, pk: int) -> HttpResponse:
    """Deliver a parked event again."""
    require_keeper(request.user)
    replay_delivery(actor=request.user, delivery=get_object_or_404(EventDelivery, pk=pk))
    messages.success(request, _("It is in line again."))
    return redirect("operations:board")


@require_POST
@needs("settings.edit")
def release(request: StaffRequest) -> HttpResponse:
    """Let messages go out again after a restore."""
    release_outgoing(actor=request.user)
    messages.success(request, _("Released. Waiting messages go out in a moment."))
    return redirect("operations:board")
