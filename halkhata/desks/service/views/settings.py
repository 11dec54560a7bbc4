"""Settings: the rules of the service desk."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.service.forms import ServiceRulesForm
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.desks.service.services.rules import save_service_rules
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """Messages at each step, estimates, the buffer, the question on the next day."""
    known = service_rules()
    names = ("told_states", "estimate_days", "buffer_hours", "asks_satisfaction")
    form = ServiceRulesForm(request.POST or None, initial={name: getattr(known, name) for name in names})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_service_rules(actor=request.user, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. The rules hold from now on."))
                return redirect("service:rules")
    return render(request, "service/rules.html", {"form": form}, status=status)
