"""Settings: how often and when customers hear from us without a matter of their own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.messaging.contact_forms import ContactRulesForm
from halkhata.engines.messaging.selectors.contact_rules import contact_rules
from halkhata.engines.messaging.services.contact_rules import save_contact_rules
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.privacy.services.links import public_base


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """What holds, in the order in which it is asked, and the form to change it."""
    current = contact_rules()
    quiet_from, quiet_until = current.quiet or (None, None)
    initial = {
        "a_week": current.a_week, "quiet_from": quiet_from, "quiet_until": quiet_until, "version": current.version,
    }  # fmt: skip
    form, status = ContactRulesForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_contact_rules(actor=request.user, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. It holds from now on, also for what stands in line."))
                return redirect("messaging:contact_rules")
    context = {"form": form, "has_public_address": bool(public_base())}
    return render(request, "messaging/contact_rules.html", context, status=status)
