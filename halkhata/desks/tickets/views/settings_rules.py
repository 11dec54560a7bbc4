"""Settings: the rules of the desk."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.services.rules import rules_version, save_desk_rules
from halkhata.desks.tickets.setting_forms import RulesForm
from halkhata.engines.work.choices import EscalationTrigger
from halkhata.engines.work.models import EscalationRule
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """Opening again, calling again, closing, and how much the public form takes."""
    known = desk_rules()
    initial = {**asdict(known), "closes": known.closes_after_days is not None, "version": rules_version()}
    form = RulesForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_desk_rules(actor=request.user, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. The rules hold from now on."))
                return redirect("tickets:rules")
    steps = EscalationRule.objects.filter(is_active=True, trigger=EscalationTrigger.DEMAND).order_by("level", "pk")
    return render(request, "tickets/settings/rules.html", {"form": form, "demand_steps": steps}, status=status)
