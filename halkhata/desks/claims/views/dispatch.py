"""Old parts: those that wait, and the parcels."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.claims.forms import DispatchForm
from halkhata.desks.claims.papers import dispatch_pdf
from halkhata.desks.claims.policies import NOTHING_HERE
from halkhata.desks.claims.selectors.old_parts import dispatches, waiting_parts
from halkhata.desks.claims.services.old_parts import send_parts
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.printing.responses import pdf_response

MOST_SHOWN = 200


@needs("claim.view", "claim.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def parts(request: StaffRequest) -> HttpResponse:
    """Parts that wait to be sent; a press sends the chosen ones of one company."""
    waiting = list(waiting_parts(request.user)[: MOST_SHOWN + 1])
    form = DispatchForm(request.POST or None, waiting=waiting[:MOST_SHOWN])
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = dict(form.cleaned_data)
            try:
                made = send_parts(actor=request.user, parts=[int(pk) for pk in data.pop("parts")], **data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Written down. Print the list and put it into the parcel."))
                return redirect(f"{request.path}#d{made.pk}")
    chosen = set(request.POST.getlist("parts"))
    context = {
        "form": form, "waiting": [(part, str(part.pk) in chosen) for part in waiting[:MOST_SHOWN]],
        "has_more": len(waiting) > MOST_SHOWN, "sent": list(dispatches(request.user)[:50]),
    }  # fmt: skip
    return render(request, "claims/parts.html", context, status=status)


@needs("claim.view")
@require_safe
def dispatch_list(request: StaffRequest, pk: int) -> HttpResponse:
    """The list that goes with a parcel."""
    found = dispatches(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", NOTHING_HERE)
    return pdf_response(dispatch_pdf(found), f"parts-{found.pk}.pdf")
