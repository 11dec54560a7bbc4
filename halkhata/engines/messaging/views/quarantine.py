"""The visible queue of mail that could not be placed (A52.1)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.messaging.choices import RawState
from halkhata.engines.messaging.forms import OpenTicketForm, SetAsideForm
from halkhata.engines.messaging.models import InboundRaw, Message
from halkhata.engines.messaging.policies import items_visible_to, raw_visible_to
from halkhata.engines.messaging.quarantine_forms import BlockForm, BulkForm
from halkhata.engines.messaging.selectors.mail_notes import note_words
from halkhata.engines.messaging.selectors.trouble import PAGE, reason_words, set_aside_mail, waiting_mail
from halkhata.engines.messaging.services.inbound import WILL_BE_RETRIED
from halkhata.engines.messaging.services.quarantine import (
    block_and_set_aside,
    open_ticket_from,
    put_back,
    quoted_item,
    readable,
    release_into,
    set_aside,
    try_again,
)
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.formatting import format_ref, parse_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.templatetags.halkhata import num
from halkhata.records.customers.models import Customer
from halkhata.records.customers.privacy import SEE, may_see_private
from halkhata.records.customers.selectors.search import search_customers


@require_GET
@needs("messaging.quarantine")
def listing(request: StaffRequest) -> HttpResponse:
    """All mail that waits for a person, or that was set aside, newest first."""
    return _listing(request)


def _listing(request: StaffRequest, *, form: BulkForm | None = None, status: int = 200) -> HttpResponse:
    before, box = request.GET.get("before", ""), request.GET.get("box", "")
    rows = set_aside_mail(request.user) if box == "aside" else waiting_mail(request.user)
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    page = list(rows[: PAGE + 1])
    url = reverse("messaging:quarantine")
    picked = set(request.POST.getlist("pick"))
    context = {
        "rows": [
            {
                "raw": raw,
                "reason": raw.set_aside_note or reason_words(raw) if box == "aside" else reason_words(raw),
                "picked": str(raw.pk) in picked,
            }
            for raw in page[:PAGE]
        ],
        "box": box if box == "aside" else "waiting",
        "tabs": [
            {"label": _("Waiting"), "url": url, "active": box != "aside"},
            {"label": _("Was set aside"), "url": f"{url}?box=aside", "active": box == "aside"},
            {"label": _("Short texts"), "url": reverse("messaging:quarantine_texts"), "active": False},
        ],
        "form": form or BulkForm(),
        "older_url": f"?box={box}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
    }
    return render(request, "messaging/quarantine.html", context, status=status)


@require_POST
@needs("messaging.quarantine")
def bulk(request: StaffRequest) -> HttpResponse:
    """Do one thing with all that are ticked. What somebody else has dealt with meanwhile is passed over."""
    form = BulkForm(request.POST)
    picked = [int(pk) for pk in request.POST.getlist("pick")[:PAGE] if pk.isascii() and pk.isdigit()]
    if not picked:
        form.add_error(None, _("Tick the mails first."))
    if not form.is_valid():
        return _listing(request, form=form, status=422)
    done, left = 0, 0
    for raw in raw_visible_to(request.user).filter(pk__in=picked).order_by("pk"):
        try:
            _do(request.user, raw, form.cleaned_data["action"], form.cleaned_data["note"])
            done += 1
        except DomainError:
            left += 1
    if done:
        words = ngettext("%(count)s mail dealt with.", "%(count)s mails dealt with.", done)
        messages.success(request, words % {"count": num(done)})
    if left:
        words = ngettext(
            "%(count)s mail could not be dealt with this way. Open it.",
            "%(count)s mails could not be dealt with this way. Open them.",
            left,
        )
        messages.warning(request, words % {"count": num(left)})
    return redirect("messaging:quarantine")


def _do(user: User, raw: InboundRaw, action: str, note: str) -> None:
    if action == "open":
        open_ticket_from(actor=user, raw=raw)
    elif action == "block":
        block_and_set_aside(actor=user, raw=raw, note=note)
    else:
        set_aside(actor=user, raw=raw, note=note)


@require_POST
@needs("messaging.quarantine")
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """Put the mail on the ticket it names, or on another one whose number was typed."""
    raw = _raw(request, pk)
    typed = request.POST.get("number", "")[:40]
    item = items_visible_to(request.user).filter(number=parse_ref(typed) or typed).first()
    if item is None:
        messages.error(request, _("There is no such ticket, or it is not for you to see."))
        return redirect("messaging:quarantine_mail", pk)
    release_into(actor=request.user, raw=raw, item=item)
    messages.success(request, _("The mail stands on the ticket now."))
    return redirect("work:item", item.number)


@require_POST
@needs("messaging.quarantine")
def back(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a mail that was set aside into the queue again."""
    raw = _raw(request, pk)
    put_back(actor=request.user, raw=raw)
    messages.success(request, _("It waits again."))
    return redirect("messaging:quarantine_mail", pk)


@require_POST
@needs("messaging.quarantine")
def block(request: StaffRequest, pk: int) -> HttpResponse:
    """Block the sender, and set this mail aside."""
    raw = _raw(request, pk)
    form = BlockForm(request.POST)
    if not form.is_valid():
        return _page(request, raw, block_form=form, status=422)
    try:
        block_and_set_aside(actor=request.user, raw=raw, note=form.cleaned_data["note"])
    except Conflict:
        raise
    except DomainError as error:
        form.add_error("note", str(error.message))
        return _page(request, raw, block_form=form, status=422)
    messages.success(request, _("Blocked. Mail from there is set aside from now on."))
    return redirect("messaging:quarantine")


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
    if not may_see_private(request.user):
        raise PermissionRefused(
            "private_refused", _("The whole mail shows what is hidden from your role."), permission=SEE
        )
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
    block_form: BlockForm | None = None,
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
        "block_form": block_form or BlockForm(),
        "quoted": quoted_item(request.user, parsed) if waiting and placed is None else None,
        "may_put_back": raw.state == RawState.DISCARDED and placed is None,
        "query": query,
    }
    return render(request, "messaging/quarantine_mail.html", context, status=status)
