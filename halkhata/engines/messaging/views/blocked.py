"""Senders whose mail is set aside as it comes in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.messaging.models import BlockedSender
from halkhata.engines.messaging.selectors.trouble import PAGE
from halkhata.engines.messaging.services.blocking import unblock_sender
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest


@require_GET
@needs("messaging.quarantine")
def listing(request: StaffRequest) -> HttpResponse:
    """All of them, newest first."""
    before = request.GET.get("before", "")
    rows = BlockedSender.objects.order_by("-id")
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    page = list(rows[: PAGE + 1])
    older = f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return render(request, "messaging/blocked.html", {"rows": page[:PAGE], "older_url": older})


@require_POST
@needs("messaging.quarantine")
def unblock(request: StaffRequest, pk: int) -> HttpResponse:
    """Take in mail of this sender again."""
    row = get_object_or_404(BlockedSender, pk=pk)
    unblock_sender(actor=request.user, row=row)
    messages.success(request, _("Mail from %(address)s comes in again.") % {"address": row.address})
    return redirect("messaging:blocked")
