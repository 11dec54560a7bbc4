"""The health lights of the mail channels."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from halkhata.engines.messaging.policies import can_edit_settings, mailboxes_visible_to
from halkhata.engines.messaging.selectors.channel_health import channel_health
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest


@require_GET
@needs("messaging.quarantine")
def listing(request: StaffRequest) -> HttpResponse:
    """Each mailbox in reach: does mail come in and go out, and if not, why and what to do."""
    boxes = mailboxes_visible_to(request.user).filter(is_active=True)
    context = {"channels": channel_health(boxes), "may_set_up": can_edit_settings(request.user)}
    return render(request, "messaging/channels.html", context)
