"""Settings of the SMS channel, and trying what a text would cost and whether it may go."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.messaging.models import PrayerTimes
from halkhata.engines.messaging.policies import mailbox_branches
from halkhata.engines.messaging.selectors.texting import texting_settings
from halkhata.engines.messaging.services.texting_settings import save_texting
from halkhata.engines.messaging.services.trying import Trial, try_text
from halkhata.engines.messaging.text_choices import TextChannel
from halkhata.engines.messaging.text_forms import ChannelForm, TryForm
from halkhata.engines.messaging.text_registry import carrier_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.models import Installation
from halkhata.records.catalog.days import today
from halkhata.records.customers.country_packs.texting import texting_rules


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: StaffRequest) -> HttpResponse:
    """Price, sender, hours; the country's rules beside; the branches with prayer times of their own."""
    current = texting_settings()
    initial = {
        "price": None if current.price is None else current.price.normalize(),
        "currency": current.currency,
        "sender_name": current.sender_name,
        "opens": current.hours[0] if current.hours else None,
        "closes": current.hours[1] if current.hours else None,
        "a_day": current.a_day,
        "a_week": current.a_week,
        "news": current.news,
        "version": current.version,
    }
    form, status = ChannelForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_texting(actor=request.user, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("messaging:texting")
    branches = list(mailbox_branches(request.user).filter(is_active=True))
    own = set(PrayerTimes.objects.filter(branch__in=branches).values_list("branch_id", flat=True))
    carrier = carrier_for(TextChannel.SMS)
    context = {
        "form": form,
        "rules": texting_rules(Installation.current().country, today()),
        "branches": [(branch, branch.pk in own) for branch in branches],
        "carriers": carrier.names() if carrier is not None else [],
    }
    return render(request, "messaging/texting.html", context, status=status)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: StaffRequest) -> HttpResponse:
    """What a text comes to, and whether it might go to a number now. Nothing is sent and nothing is kept."""
    form, found, status = TryForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                found = _trial(request, form)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                status = 200
    return render(request, "messaging/text_trial.html", {"form": form, "trial": found}, status=status)


def _trial(request: StaffRequest, form: TryForm) -> Trial:
    data = form.cleaned_data
    return try_text(user=request.user, typed=data["number"], purpose=data["purpose"], text=data["text"])
