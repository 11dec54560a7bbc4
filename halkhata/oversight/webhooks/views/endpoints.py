"""Settings of the webhooks."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.oversight.webhooks.forms import EndpointForm
from halkhata.oversight.webhooks.models import WebhookEndpoint
from halkhata.oversight.webhooks.policies import endpoints_visible_to
from halkhata.oversight.webhooks.selectors.deliveries import trouble_words
from halkhata.oversight.webhooks.services.endpoints import (
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    rotate_secret,
)


@require_GET
@needs("webhook.edit")
def listing(request: StaffRequest) -> HttpResponse:
    """The endpoints and whether they work."""
    rows = [
        {"endpoint": endpoint, "trouble": trouble_words(endpoint.last_error) if endpoint.last_error else ""}
        for endpoint in endpoints_visible_to(request.user)
    ]
    return render(request, "webhooks/endpoints.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@needs("webhook.edit")
def new(request: StaffRequest) -> HttpResponse:
    """Set one up; its secret is shown in the answer, once."""
    form = EndpointForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = create_endpoint(actor=request.user, **form.values)
        except DomainError as error:
            _show(form, error)
        else:
            return _secret_page(request, endpoint, secret)
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
@needs("webhook.edit")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change one."""
    endpoint = endpoint_of(request, pk)
    form = EndpointForm(request.POST or None, actor=request.user, endpoint=endpoint)
    if request.method == "POST" and form.is_valid():
        try:
            change_endpoint(actor=request.user, endpoint=endpoint, **form.values)
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("webhooks:endpoints")
    return _form_page(request, form, endpoint)


@require_POST
@needs("webhook.edit")
def rotate(request: StaffRequest, pk: int) -> HttpResponse:
    """A new secret, shown in the answer, once."""
    endpoint, secret = rotate_secret(actor=request.user, endpoint=endpoint_of(request, pk))
    return _secret_page(request, endpoint, secret)


@require_POST
@needs("webhook.edit")
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove one with the list of its calls."""
    remove_endpoint(actor=request.user, endpoint=endpoint_of(request, pk))
    messages.success(request, _("The webhook is removed."))
    return redirect("webhooks:endpoints")


def endpoint_of(request: StaffRequest, pk: int) -> WebhookEndpoint:
    """The endpoint, if the user may see it. Raises Http404."""
    endpoint = endpoints_visible_to(request.user).filter(pk=pk).first()
    if endpoint is None:
        raise Http404
    return endpoint


def _form_page(request: StaffRequest, form: EndpointForm, endpoint: WebhookEndpoint | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "webhooks/endpoint_form.html", {"form": form, "endpoint": endpoint}, status=status)


def _secret_page(request: StaffRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    response = render(request, "webhooks/secret.html", {"endpoint": endpoint, "secret": secret})
    response["Cache-Control"] = "no-store"
    return response


def _show(form: EndpointForm, error: DomainError) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
