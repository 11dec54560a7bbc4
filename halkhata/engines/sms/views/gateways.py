"""Setting gateways up, and trying them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.engines.sms.adapters import ADAPTERS
from halkhata.engines.sms.choices import WITH_GATEWAY, Fault, GatewayKind
from halkhata.engines.sms.forms import GatewayForm, TryForm
from halkhata.engines.sms.models import Gateway
from halkhata.engines.sms.policies import gateway_for
from halkhata.engines.sms.selectors.gateways import gateway_rows, last_carried, reports_page, row_of
from halkhata.engines.sms.services.access import hook_address
from halkhata.engines.sms.services.balances import ask_balance
from halkhata.engines.sms.services.gateways import new_hook_secret, save_gateway
from halkhata.engines.sms.services.trying import try_gateway
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of


@needs("settings.edit")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """The gateways in reach with their lights."""
    waiting, _older = reports_page(request.user)
    return render(request, "sms/gateways.html", {"rows": gateway_rows(request.user), "waiting": len(waiting)})


@needs("settings.edit")
@require_safe
def choose(request: StaffRequest) -> HttpResponse:
    """Whose gateway is to be set up."""
    kinds = [(value, label, ADAPTERS[value].tried) for value, label in GatewayKind.choices]
    return render(request, "sms/choose.html", {"kinds": kinds})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, kind: str) -> HttpResponse:
    """Set one up."""
    if kind not in ADAPTERS:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return _form_page(request, kind, None)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """One gateway: how it does, its settings, a try."""
    gateway = gateway_for(request.user, pk)
    return _form_page(request, gateway.kind, gateway)


@needs("settings.edit")
@require_POST
@never_cache
def secret(request: StaffRequest, pk: int) -> HttpResponse:
    """New addresses for the gateway to call, shown once."""
    gateway = new_hook_secret(actor=request.user, gateway=gateway_for(request.user, pk))
    context = {
        "gateway": gateway,
        "report": hook_address(gateway, "report"),
        "message": hook_address(gateway, "message"),
        "kannel": gateway.kind == GatewayKind.KANNEL,
    }
    return render(request, "sms/secret.html", context)


@needs("settings.edit")
@require_POST
def trial(request: StaffRequest, pk: int) -> HttpResponse:
    """Send one text to a number that is typed in."""
    gateway, form = gateway_for(request.user, pk), TryForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            found = try_gateway(actor=request.user, gateway=gateway, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            if found.state in WITH_GATEWAY:
                messages.success(request, _("The gateway has taken it. Whether it arrives, its report tells below."))
            else:
                why = Fault(found.fault).label if found.fault else ""
                messages.warning(request, _("It did not go. %(why)s %(said)s") % {"why": why, "said": found.said})
            return redirect("sms:gateway", gateway.pk)
    return _form_page(request, gateway.kind, gateway, trial=form, status=status)


@needs("settings.edit")
@require_POST
def balance(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what is left, now."""
    gateway = gateway_for(request.user, pk)
    if ask_balance(gateway):
        messages.success(request, _("The gateway has told what is left."))
    else:
        messages.warning(request, _("The gateway did not tell what is left."))
    return redirect("sms:gateway", gateway.pk)


@needs("settings.edit")
@require_safe
def reports(request: StaffRequest) -> HttpResponse:
    """Reports of texts that nobody knows, and those that could not be read: nothing of them is lost."""
    before = request.GET.get("before", "")
    rows, older = reports_page(request.user, int(before[:18]) if before.isascii() and before.isdigit() else None)
    return render(request, "sms/reports.html", {"rows": rows, "older_url": f"?before={older}" if older else ""})


def _form_page(
    request: StaffRequest, kind: str, gateway: Gateway | None, *, trial: TryForm | None = None, status: int = 200
) -> HttpResponse:
    is_sent = request.method == "POST" and trial is None
    form = GatewayForm(request.POST if is_sent else None, kind=kind, user=request.user, gateway=gateway)
    if is_sent:
        status = 422
        if form.is_valid():
            try:
                saved = save_gateway(actor=request.user, gateway=gateway, kind=kind, **form.values())
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. Send a try now."))
                return redirect("sms:gateway", saved.pk)
    context = {
        "form": form,
        "kind": GatewayKind(kind),
        "tried": ADAPTERS[kind].tried,
        "knows_balance": ADAPTERS[kind].knows_balance,
        "gateway": gateway,
        "row": row_of(gateway) if gateway is not None else None,
        "carried": last_carried(gateway) if gateway is not None else [],
        "trial": trial or TryForm(auto_id="try_%s"),
    }
    return render(request, "sms/gateway.html", context, status=status)
