"""The health lights of the mail channels."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from halkhata.engines.messaging.policies import can_edit_settings, mailboxes_visible_to
from halkhata.engines.messaging.registry import other_channels
from halkhata.engines.messaging.selectors.channel_health import channel_health
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.records.privacy.services.links import public_base


@require_GET
@needs("messaging.quarantine")
def listing(request: StaffRequest) -> HttpResponse:
    """Each mailbox in reach: does mail come in and go out, and if not, why and what to do."""
    boxes = mailboxes_visible_to(request.user).filter(is_active=True)
    channels = channel_health(boxes)
    context = {
        "channels": channels,
        "others": [one for ask in other_channels for one in ask(request.user)],
        "may_set_up": can_edit_settings(request.user),
        "sends": any(one.mailbox.smtp_host and not one.mailbox.is_demo for one in channels),
        "has_public_address": bool(public_base()),
    }
    return render(request, "messaging/channels.html", context)
