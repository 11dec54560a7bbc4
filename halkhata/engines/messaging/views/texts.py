"""Codes to tell by phone and texts to send by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.selectors.texts import BOXES, waiting_texts
from halkhata.engines.messaging.services.text_replies import note_answers_gone
from halkhata.engines.messaging.services.texts import look_at_code, mark_sent_by_hand, take_back
from halkhata.engines.messaging.text_policies import require_texts
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest


@needs("ticket.reply")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """What waits for a person, newest first; and what is held, refused, on its way, or has ended, with the reason."""
    require_texts(request.user)
    before, box = request.GET.get("before", ""), request.GET.get("box", "")
    box = box if box in BOXES else "waiting"
    page = waiting_texts(request.user, int(before[:18]) if before.isascii() and before.isdigit() else None, box)
    url = reverse("messaging:texts")
    context = {
        "rows": page.rows,
        "box": box,
        "older_url": f"?box={box}&before={page.older}" if page.older else "",
        "tabs": [
            {"label": label, "url": f"{url}?box={name}", "active": name == box} for name, (label, _in) in BOXES.items()
        ],
    }
    return render(request, "messaging/texts.html", context)


@needs("ticket.reply")
@require_POST
@never_cache
def code(request: StaffRequest, pk: int) -> HttpResponse:
    """One code in the clear, for reading it out. A press, not a link: looking is written down."""
    message, words = look_at_code(actor=request.user, pk=pk)
    return render(request, "messaging/text_code.html", {"message": message, "words": words})


@needs("ticket.reply")
@require_POST
def sent(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody sent it by hand, or told it."""
    message = mark_sent_by_hand(actor=request.user, pk=pk)
    # An answer that has gone now keeps its promise now.
    note_answers_gone(only=message.pk)
    messages.success(request, _("Noted: sent by hand."))
    return redirect(_page_of(message))


@needs("ticket.reply")
@require_POST
def back(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody takes an offer back before it goes."""
    take_back(actor=request.user, pk=pk)
    messages.success(request, _("Taken back: it does not go."))
    return redirect(f"{reverse('messaging:texts')}?box=held")


def _page_of(message: TextMessage) -> str:
    if message.item is not None:
        return reverse("work:item", args=[message.item.number])
    return reverse("customers:detail", args=[message.customer_id])
