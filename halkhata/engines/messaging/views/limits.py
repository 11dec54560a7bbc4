"""Settings: how much is sent and reopened without a person."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.messaging.limit_forms import LimitsForm
from halkhata.engines.messaging.policies import deliveries_visible_to
from halkhata.engines.messaging.selectors.limits import limits_version, mail_limits
from halkhata.engines.messaging.selectors.trouble import BOXES
from halkhata.engines.messaging.services.limits import save_limits
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: StaffRequest) -> HttpResponse:
    """The ceilings, and how much they hold back now."""
    form = LimitsForm(request.POST or None, initial={**asdict(mail_limits()), "version": limits_version()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_limits(actor=request.user, **form.cleaned_data)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
                status = status_of(error)
            else:
                messages.success(request, _("Saved. The limits hold from now on."))
                return redirect("messaging:limits")
    held = deliveries_visible_to(request.user).filter(BOXES["held"][1]).count()
    return render(request, "messaging/limits.html", {"form": form, "held": held}, status=status)
