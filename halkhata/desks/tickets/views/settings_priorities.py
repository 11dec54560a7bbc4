"""Settings: which priority impact and urgency make together."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.tickets.priority_forms import PriorityMatrixForm
from halkhata.desks.tickets.selectors.priorities import matrix_version, priority_matrix
from halkhata.desks.tickets.services.priorities import save_priority_matrix
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def priorities(request: StaffRequest) -> HttpResponse:
    """The nine cells, all of them saved together."""
    if request.method == "POST":
        form = PriorityMatrixForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                save_priority_matrix(actor=request.user, cells=form.cells(), version=form.cleaned_data["version"])
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. New tickets get these priorities from now on."))
                return redirect("tickets:priorities")
    else:
        form = PriorityMatrixForm(initial=PriorityMatrixForm.initial_of(priority_matrix(), matrix_version()))
        status = 200
    return render(request, "tickets/settings/priorities.html", {"form": form}, status=status)
