"""What somebody asks about their own data, without a sign-in: the code sent to their phone says who they are (E.8)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.doors.portal.follow_forms import OwnDataForm
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.doors.portal.secrets_of import OPEN, read_cookie
from halkhata.doors.portal.services.following import customer_of, open_request
from halkhata.records.privacy.choices import ConsentSource
from halkhata.records.privacy.selectors.requests import open_requests_of
from halkhata.records.privacy.services.requests import request_by_themselves


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    """Ask for a copy, a correction, no advertising, erasure; and see what was asked already."""
    session = open_request(read_cookie(request, OPEN))
    customer = customer_of(session) if session is not None else None
    if session is None or customer is None:
        return redirect("portal:follow")
    form = OwnDataForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if is_flooding(request, "own_data", 20):
            form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
            return with_retry(customer_render(request, "portal/own_data.html", {"form": form, "rows": []}))
        if form.is_valid():
            request_by_themselves(
                customer=customer, kind=form.cleaned_data["kind"], what=form.cleaned_data["what"],
                received_how=ConsentSource.FORM,
            )  # fmt: skip
            return redirect(f"{reverse('portal:own_data')}?said=asked")
    context = {
        "form": form,
        "rows": open_requests_of(customer.pk),
        "said": request.GET.get("said") == "asked",
        "ticket": session.ticket,
    }
    return customer_render(request, "portal/own_data.html", context, 422 if form.errors else 200)
