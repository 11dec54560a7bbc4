"""The calls of one endpoint: given up, waiting, delivered."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.oversight.webhooks.catalogue import EVENTS
from halkhata.oversight.webhooks.choices import DeliveryState
from halkhata.oversight.webhooks.policies import deliveries_visible_to
from halkhata.oversight.webhooks.selectors.deliveries import BOXES, delivery_page, trouble_words
from halkhata.oversight.webhooks.services.replaying import replay_all, replay_one
from halkhata.oversight.webhooks.views.endpoints import endpoint_of


@require_GET
@needs("webhook.edit")
def listing(request: StaffRequest, pk: int) -> HttpResponse:
    """One box of the calls."""
    endpoint = endpoint_of(request, pk)
    box = request.GET.get("box", "")
    box = box if box in BOXES else "dead"
    before = request.GET.get("before", "")
    at = int(before[:18]) if before.isascii() and before.isdigit() else None
    page = delivery_page(request.user, endpoint, box, before=at)
    url = reverse("webhooks:deliveries", args=[pk])
    context = {
        "endpoint": endpoint,
        "box": box,
        "tabs": [
            {"label": label, "url": f"{url}?box={name}", "active": name == box}
            for name, (label, _states) in BOXES.items()
        ],
        "rows": [
            {
                "delivery": row,
                "label": EVENTS[row.event].label if row.event in EVENTS else row.event,
                "trouble": trouble_words(row.last_error) if row.last_error else "",
                "may_replay": row.state == DeliveryState.DEAD and endpoint.is_active,
            }
            for row in page.rows
        ],
        "older_url": f"{url}?box={box}&before={page.older}" if page.older else "",
        "may_replay_all": box == "dead" and endpoint.is_active and bool(page.rows),
    }
    return render(request, "webhooks/deliveries.html", context)


@require_POST
@needs("webhook.edit")
def again(request: StaffRequest, pk: int, delivery_id: int) -> HttpResponse:
    """Send one call again."""
    endpoint = endpoint_of(request, pk)
    delivery = (
        deliveries_visible_to(request.user).select_related("endpoint").filter(pk=delivery_id, endpoint=endpoint).first()
    )
    if delivery is None:
        raise Http404
    replay_one(actor=request.user, delivery=delivery)
    messages.success(request, _("It is in line again and goes out in a moment."))
    return redirect("webhooks:deliveries", pk)


@require_POST
@needs("webhook.edit")
def all_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Send all calls again that were given up."""
    count = replay_all(actor=request.user, endpoint=endpoint_of(request, pk))
    messages.success(request, ngettext("%(count)s call is in line again.", "%(count)s calls are in line again.", count)
                     % {"count": count})  # fmt: skip
    return redirect("webhooks:deliveries", pk)
