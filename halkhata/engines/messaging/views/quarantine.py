"""The visible queue of mail that could not be placed (A52.1)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.messaging.choices import RawState
from halkhata.engines.messaging.forms import OpenTicketForm, SetAsideForm
from halkhata.engines.messaging.models import InboundRaw, Message
from halkhata.engines.messaging.policies import raw_visible_to
from halkhata.engines.messaging.selectors.mail_notes import note_words
from halkhata.engines.messaging.selectors.trouble import PAGE, reason_words, waiting_mail
from halkhata.engines.messaging.services.inbound import WILL_BE_RETRIED
from halkhata.engines.messaging.services.quarantine import open_ticket_from, readable, set_aside, try_again
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.search import search_customers


@require_GET
@needs("messaging.quarantine")
def listing(request: StaffRequest) -> HttpResponse:
    """All mail that waits for a person, newest first."""
    before = request.GET.get("before", "")
    rows = waiting_mail(request.user)
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    page = list(rows[: PAGE + 1])
    return render(
        request,
        "messaging/quarantine.html",
        {
            "rows": [{"raw": raw, "reason": reason_words(raw)} for raw in page[:PAGE]],
            "older_url": f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        },
    )


@require_GET
@needs("messaging.quarantine")
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One mail: what can be read of it, and what can be done with it."""
    return _page(request, _raw(request, pk))


@require_POST
@needs("messaging.quarantine")
def open_ticket(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a ticket of the mail, for its sender or for the customer that was chosen."""
    raw = _raw(request, pk)
    form = OpenTicketForm(request.POST, customers=Customer.objects.visible_to(request.user).active())
    if not form.is_valid():
        return _page(request, raw, open_form=form, status=422)
    try:
        item = open_ticket_from(actor=request.user, raw=raw, customer=form.cleaned_data["customer"])
    except DomainError as error:
        if error.field is None:
            raise
        form.add_error("customer", str(error.message))
        return _page(request, raw, open_form=form, status=422)
    reader = current_reader()
    number = format_ref(item.number, language=reader.language, digits=reader.digits)
    messages.success(request, _("Ticket %(number)s is open.") % {"number": number})
    return redirect("work:item", item.number)


@require_POST
@needs("messaging.quarantine")
def again(request: StaffRequest, pk: int) -> HttpResponse:
    """Process the mail once more."""
    raw = _raw(request, pk)
    result = try_again(actor=request.user, raw=raw)
    if result.ticket:
        messages.success(request, _("It worked: the mail is on a ticket now."))
        return redirect("work:item", result.ticket)
    raw.refresh_from_db()
    if raw.state == RawState.QUARANTINED or result.reason == WILL_BE_RETRIED:
        messages.warning(request, _("It stopped again, for the reason shown here."))
        return redirect("messaging:quarantine_mail", pk)
    messages.success(request, _("The mail is done: nothing is left to do with it."))
    return redirect("messaging:quarantine")


@require_POST
@needs("messaging.quarantine")
def aside(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the mail out of the queue, with a reason."""
    raw = _raw(request, pk)
    form = SetAsideForm(request.POST)
    if not form.is_valid():
        return _page(request, raw, aside_form=form, status=422)
    set_aside(actor=request.user, raw=raw, note=form.cleaned_data["note"])
    messages.success(request, _("Set aside. The mail itself is kept."))
    return redirect("messaging:quarantine")


@require_GET
@needs("messaging.quarantine")
def download(request: StaffRequest, pk: int) -> HttpResponse:
    """The mail's bytes, as a file; never shown by the browser."""
    raw = _raw(request, pk)
    response = HttpResponse(bytes(raw.body), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="mail-{raw.pk}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _raw(request: StaffRequest, pk: int) -> InboundRaw:
    return get_object_or_404(raw_visible_to(request.user), pk=pk)


def _page(
    request: StaffRequest,
    raw: InboundRaw,
    *,
    open_form: OpenTicketForm | None = None,
    aside_form: SetAsideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    parsed = readable(raw)
    query = (request.GET.get("q") or parsed.from_address)[:200]
    visible = Customer.objects.visible_to(request.user).active()
    found = search_customers(request.user, query, limit=8) if query and request.user.may("customer.view") else []
    placed = Message.objects.filter(raw=raw).select_related("conversation__item").first()
    waiting = raw.state in {RawState.QUARANTINED, RawState.STORED}
    facts = [
        {"label": _("From"), "value": " ".join(filter(None, [parsed.from_name, f"<{parsed.from_address}>"]))
         if parsed.from_address else ""},
        {"label": _("Addressed to"), "value": ", ".join(address for _name, address in parsed.to[:10])},
        {"label": _("Subject"), "value": Truncator(parsed.subject).chars(500)},
        {"label": _("The mail's own number"), "value": parsed.message_id},
        {"label": _("Mailbox"), "value": raw.mailbox.name if raw.mailbox else ""},
    ]  # fmt: skip
    context = {
        "raw": raw,
        "parsed": parsed,
        "facts": facts,
        "reason": reason_words(raw),
        "notes": note_words(raw.notes),
        "files": [part.name for part in parsed.attachments],
        "is_waiting": waiting,
        "may_open": waiting and placed is None,
        "item": placed.conversation.item if placed else None,
        "open_form": open_form or OpenTicketForm(customers=visible, found=found, has_sender=bool(parsed.from_address)),
        "aside_form": aside_form or SetAsideForm(),
        "query": query,
    }
    return render(request, "messaging/quarantine_mail.html", context, status=status)
