"""Outgoing mail that waits for a decision: in doubt, failed, kept back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.messaging.choices import OutboundState
from halkhata.engines.messaging.models import Delivery
from halkhata.engines.messaging.policies import (
    can_edit_settings,
    can_lift_suppressions,
    deliveries_visible_to,
    mailboxes_visible_to,
)
from halkhata.engines.messaging.selectors.trouble import BOXES, LIMIT_REASONS, PAGE, outbox_page, trouble_of
from halkhata.engines.messaging.services.deciding import release_held, send_again, settle_as_sent
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.capped import shown_on_tab
from halkhata.foundation.core.templatetags.halkhata import num


@require_GET
@needs("messaging.quarantine")
def listing(request: StaffRequest) -> HttpResponse:
    """One box of the outbox, with the counts of all."""
    before = request.GET.get("before", "")
    at = int(before[:18]) if before.isascii() and before.isdigit() else None
    page = outbox_page(request.user, request.GET.get("box", ""), before=at)
    url = reverse("messaging:outbox")
    context = {
        "box": page.box,
        "tabs": [
            {"label": label, "url": f"{url}?box={name}", "active": name == page.box} | shown_on_tab(page.counts[name])
            for name, (label, _condition) in BOXES.items()
        ],
        "rows": [_row(delivery) for delivery in page.rows],
        "may_set_limits": can_edit_settings(request.user),
        "may_lift": can_lift_suppressions(request.user),
        "older_url": f"{url}?box={page.box}&before={page.older}" if page.older else "",
        "troubled_mailboxes": mailboxes_visible_to(request.user)
        .filter(is_active=True, is_demo=False)
        .exclude(last_send_code=""),
    }
    return render(request, "messaging/outbox.html", context)


@require_POST
@needs("messaging.quarantine")
def again(request: StaffRequest, pk: int) -> HttpResponse:
    """Send it again under the same Message-ID."""
    delivery = _delivery(request, pk)
    send_again(actor=request.user, delivery=delivery)
    messages.success(request, _("It is in line again and goes out in a moment."))
    return redirect(_back(delivery))


@require_POST
@needs("messaging.quarantine")
def release(request: StaffRequest) -> HttpResponse:
    """Let go what a limit held back: those that were ticked."""
    chosen = [int(pk) for pk in request.POST.getlist("pick")[:PAGE] if pk.isascii() and pk.isdigit()]
    rows = deliveries_visible_to(request.user).filter(pk__in=chosen).order_by("pk")
    released = release_held(actor=request.user, deliveries=rows)
    if released:
        messages.success(
            request,
            ngettext("%(count)s message goes out.", "%(count)s messages go out.", released) % {"count": num(released)},
        )
    else:
        messages.warning(request, _("Nothing was chosen, or somebody was faster."))
    return redirect(f"{reverse('messaging:outbox')}?box=held")


@require_POST
@needs("messaging.quarantine")
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody knows that it has arrived."""
    delivery = _delivery(request, pk)
    settle_as_sent(actor=request.user, delivery=delivery)
    messages.success(request, _("Noted as sent."))
    return redirect(_back(delivery))


def _delivery(request: StaffRequest, pk: int) -> Delivery:
    return get_object_or_404(deliveries_visible_to(request.user), pk=pk)


def _back(delivery: Delivery) -> str:
    box = {OutboundState.IN_DOUBT: "in_doubt", OutboundState.FAILED: "failed"}.get(
        OutboundState(delivery.state), "held" if delivery.block_reason in LIMIT_REASONS else "blocked"
    )
    return f"{reverse('messaging:outbox')}?box={box}"


def _row(delivery: Delivery) -> dict[str, object]:
    may_send = not delivery.is_demo and delivery.state in {
        OutboundState.IN_DOUBT, OutboundState.FAILED, OutboundState.BLOCKED,
    }  # fmt: skip
    return {
        "delivery": delivery,
        "item": delivery.message.conversation.item,
        "trouble": trouble_of(delivery),
        "waits_until": delivery.next_try_at
        if delivery.state == OutboundState.QUEUED and delivery.block_reason
        else None,
        "may_send": may_send,
        "may_settle": delivery.state == OutboundState.IN_DOUBT,
    }
