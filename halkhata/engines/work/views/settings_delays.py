"""The shop's list of reasons of delay (A51.9)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.engines.work.forms.delays import DelayReasonForm
from halkhata.engines.work.selectors.delays import Reason, delay_reasons
from halkhata.engines.work.services.delays import save_delay_reason
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound


@require_GET
@needs("settings.edit")
def delay_reason_list(request: StaffRequest) -> HttpResponse:
    """Every reason, those out of use too."""
    return render(request, "work/settings/delay_reasons.html", {"reasons": delay_reasons(also_resting=True)})


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def delay_reason_new(request: StaffRequest) -> HttpResponse:
    """A reason of the shop's own."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def delay_reason_edit(request: StaffRequest, code: str) -> HttpResponse:
    """Other words for a reason, or take it out of use; what was said with it stays."""
    reason = next((known for known in delay_reasons(also_resting=True) if known.code == code), None)
    if reason is None:
        raise NotFound("no_such_reason", _("There is no such reason."))
    return _edit(request, reason)


def _edit(request: StaffRequest, reason: Reason | None) -> HttpResponse:
    form = DelayReasonForm(
        request.POST or None, reason=reason, initial=DelayReasonForm.initial_of(reason) if reason else None
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_delay_reason(actor=request.user, code=reason.code if reason else "", **form.values())
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("work:delay_reasons")
    context = {"reason": reason, "form": form}
    return render(request, "work/settings/delay_reason.html", context, status=422 if form.errors else 200)
