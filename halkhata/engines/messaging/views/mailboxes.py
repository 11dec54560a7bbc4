"""Settings of the mailboxes, and whether they work."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.engines.messaging.forms import MailboxForm
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.policies import mailboxes_visible_to
from halkhata.engines.messaging.services.channel_state import note_reading_failed
from halkhata.engines.messaging.services.fetching import FetchError, start_from_now
from halkhata.engines.messaging.services.mailboxes import save_mailbox, try_reading, try_sending
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError


@require_GET
@needs("settings.edit")
def listing(request: StaffRequest) -> HttpResponse:
    """The mailboxes in the user's reach with their health."""
    boxes = mailboxes_visible_to(request.user).select_related("branch", "team")
    return render(request, "messaging/mailboxes.html", {"mailboxes": boxes})


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def new(request: StaffRequest) -> HttpResponse:
    """Add a mailbox."""
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a mailbox."""
    return _form_page(request, get_object_or_404(mailboxes_visible_to(request.user), pk=pk))


@require_POST
@needs("settings.edit")
def test(request: StaffRequest, pk: int) -> HttpResponse:
    """Try both directions now and say in words how it went."""
    mailbox = get_object_or_404(mailboxes_visible_to(request.user), pk=pk)
    if mailbox.is_demo:
        raise DomainError("demo_mailbox", _("This mailbox is invented and connects to nothing."))
    trials = [
        (_("Incoming mail"), try_reading(mailbox), _("Reading works: signed in, and the folder is there.")),
        (
            _("Outgoing mail"),
            try_sending(mailbox),
            _("Sending works: the server took our greeting and the password.")
            if mailbox.smtp_username
            else _("Sending works: the server took our greeting."),
        ),
    ]
    mailbox.refresh_from_db()
    rows = [{"label": label, "trial": trial, "good": good} for label, trial, good in trials]
    return render(request, "messaging/mailbox_trial.html", {"mailbox": mailbox, "rows": rows})


def _form_page(request: StaffRequest, mailbox: Mailbox | None) -> HttpResponse:
    form = MailboxForm(request.POST or None, instance=mailbox, user=request.user)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        reads_anew = mailbox is None or mailbox.imap_uidvalidity is None or mailbox.imap_host != values["imap_host"]
        try:
            saved = save_mailbox(actor=request.user, mailbox=mailbox, values=values)
        except DomainError as error:
            if error.field not in form.fields:
                raise
            for field in error.data.get("fields", [error.field]):
                form.add_error(field, str(error.message))
        else:
            if reads_anew and saved.imap_host and not values["take_old"]:
                _leave_old_mail(request, saved)
            messages.success(request, _("Saved. Try the connection now."))
            return redirect("messaging:mailbox", saved.pk)
    status = 422 if form.errors else 200
    return render(request, "messaging/mailbox_form.html", {"form": form, "mailbox": mailbox}, status=status)


def _leave_old_mail(request: StaffRequest, mailbox: Mailbox) -> None:
    try:
        start_from_now(mailbox)
    except FetchError as error:
        note_reading_failed(mailbox.pk, code=error.code, said=error.said)
        messages.warning(
            request, _("The mailbox cannot be read yet. Until it can, it is not known which mail in it is old.")
        )
