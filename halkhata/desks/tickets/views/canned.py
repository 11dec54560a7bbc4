"""Ready-made answers: the list, and the form."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.tickets.canned_forms import CannedForm
from halkhata.desks.tickets.models import CannedReply
from halkhata.desks.tickets.selectors.canned import VARIABLES, counted, editable_by, usable_by
from halkhata.desks.tickets.services.canned import remove_canned, save_canned
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of


@needs("ticket.view", "ticket.reply")
@require_safe
def canned_list(request: StaffRequest) -> HttpResponse:
    """All that the user may use or change, with how often each was sent."""
    editable = set(editable_by(request.user).values_list("pk", flat=True))
    rows = counted(
        CannedReply.objects.filter(pk__in=[*editable, *usable_by(request.user).values_list("pk", flat=True)])
    )
    shown = [
        (row, row.pk in editable)
        for row in sorted(rows, key=lambda row: (not row.is_active, -row.used, row.title))  # type: ignore[attr-defined]
    ]
    return render(request, "tickets/settings/canned.html", {"rows": shown})


@needs("ticket.view", "ticket.reply")
@require_http_methods(["GET", "HEAD", "POST"])
def canned_new(request: StaffRequest) -> HttpResponse:
    """One more."""
    return _edit(request, None)


@needs("ticket.view", "ticket.reply")
@require_http_methods(["GET", "HEAD", "POST"])
def canned_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change one."""
    return _edit(request, _editable(request, pk))


@needs("ticket.view", "ticket.reply")
@require_POST
def canned_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one away."""
    remove_canned(actor=request.user, reply=_editable(request, pk))
    messages.success(request, _("Removed."))
    return redirect("tickets:canned_list")


def _editable(request: StaffRequest, pk: int) -> CannedReply:
    row = editable_by(request.user).select_related("team").filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return row


def _edit(request: StaffRequest, reply: CannedReply | None) -> HttpResponse:
    form = CannedForm(request.POST or None, reply=reply, user=request.user)
    status = 200
    # "Count the parts" (of an SMS) shows the page again and keeps nothing.
    if request.method == "POST" and "count" not in request.POST:
        status = 422
        if form.is_valid():
            try:
                save_canned(actor=request.user, reply=reply, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("tickets:canned_list")
    context = {"form": form, "reply": reply, "variables": [(f"{{{{ {n} }}}}", words) for n, words in VARIABLES.items()]}
    return render(request, "tickets/settings/canned_form.html", context, status=status)
