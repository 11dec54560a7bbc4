"""The visible queue of short texts that could not be placed (A52.1)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.messaging.choices import RawState
from halkhata.engines.messaging.models import InboundText
from halkhata.engines.messaging.policies import items_visible_to, texts_in_visible_to
from halkhata.engines.messaging.selectors.trouble import PAGE
from halkhata.engines.messaging.services.text_quarantine import release_text, set_text_aside, try_text_again
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import parse_ref

# Why a text stopped, in words. The codes come from services/text_placing.py.
REASONS = {
    "empty": gettext_lazy("There are no words in it."),
    "no_number": gettext_lazy("The sender is a name or a short code: nobody could answer."),
    "not_set_up": gettext_lazy("No branch and no desk was set up to take texts."),
    "same_text_again": gettext_lazy("The same text came again and again: a machine seems to write."),
    "failed_often": gettext_lazy("Processing failed five times."),
}
WAITING = gettext_lazy("Processing did not work yet; it is tried again by itself.")


@require_GET
@needs("messaging.quarantine")
def listing(request: StaffRequest) -> HttpResponse:
    """All texts that wait for a person, or that were set aside, newest first; what can be done stands beside each."""
    before, box = request.GET.get("before", ""), request.GET.get("box", "")
    box = box if box == "aside" else "waiting"
    state = RawState.DISCARDED if box == "aside" else RawState.QUARANTINED
    rows = texts_in_visible_to(request.user).filter(state=state).defer("body").order_by("-id")
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    page = list(rows[: PAGE + 1])
    mail, url = reverse("messaging:quarantine"), reverse("messaging:quarantine_texts")
    context = {
        "rows": [{"text": row, "reason": _why(row)} for row in page[:PAGE]],
        "box": box,
        "tabs": [
            {"label": _("Waiting"), "url": mail, "active": False},
            {"label": _("Was set aside"), "url": f"{mail}?box=aside", "active": False},
            {"label": _("Short texts"), "url": url, "active": box == "waiting"},
            {"label": _("Short texts set aside"), "url": f"{url}?box=aside", "active": box == "aside"},
        ],
        "older_url": f"?box={box}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
    }
    return render(request, "messaging/quarantine_texts.html", context)


def _why(row: InboundText) -> str:
    return row.set_aside_note or str(REASONS.get(row.reason, WAITING))


@require_POST
@needs("messaging.quarantine")
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a ticket of the text, or put it on the one whose number was typed."""
    typed = request.POST.get("number", "")[:40].strip()
    item = items_visible_to(request.user).filter(number=parse_ref(typed) or typed).first() if typed else None
    if typed and item is None:
        messages.error(request, _("There is no such ticket, or it is not for you to see."))
        return redirect("messaging:quarantine_texts")
    try:
        placed = release_text(actor=request.user, pk=pk, item=item)
    except Conflict:
        raise
    except DomainError as error:
        if error.code not in {"no_number", "not_set_up"}:
            raise
        messages.error(request, str(error.message))
        return redirect("messaging:quarantine_texts")
    messages.success(request, _("The text stands on the ticket now."))
    return redirect("work:item", placed.number)


@require_POST
@needs("messaging.quarantine")
def again(request: StaffRequest, pk: int) -> HttpResponse:
    """Process the text once more."""
    result = try_text_again(actor=request.user, pk=pk)
    if result.ticket:
        messages.success(request, _("It worked: the text is on a ticket now."))
        return redirect("work:item", result.ticket)
    messages.warning(request, _("It stopped again, for the reason shown here."))
    return redirect("messaging:quarantine_texts")


@require_POST
@needs("messaging.quarantine")
def aside(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the text out of the queue, with a reason."""
    row = get_object_or_404(texts_in_visible_to(request.user), pk=pk)
    try:
        set_text_aside(actor=request.user, pk=row.pk, note=request.POST.get("note", "")[:400])
    except Conflict:
        raise
    except DomainError as error:
        if error.code != "note_missing":
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Set aside. The text itself is kept."))
    return redirect("messaging:quarantine_texts")
