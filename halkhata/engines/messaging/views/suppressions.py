"""Addresses that nothing is sent to any more, and allowing one again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.engines.messaging.policies import can_lift_suppressions, suppressions_visible_to
from halkhata.engines.messaging.selectors.suppressions import suppression_page
from halkhata.engines.messaging.services.suppression import lift_suppression
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import PermissionRefused


def _refuse_strangers(request: StaffRequest) -> None:
    """Two different rights open these pages, so the decorator cannot ask for one."""
    if not can_lift_suppressions(request.user):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))


@require_GET
@needs()
def listing(request: StaffRequest) -> HttpResponse:
    """The addresses, newest first; ``q`` narrows."""
    _refuse_strangers(request)
    query, before = request.GET.get("q", "")[:254], request.GET.get("before", "")
    at = int(before[:18]) if before.isascii() and before.isdigit() else None
    page = suppression_page(request.user, query=query, before=at)
    older = urlencode({"q": query, "before": str(page.older)}) if page.older else ""
    context = {"rows": page.rows, "query": query, "older_url": f"?{older}" if older else ""}
    return render(request, "messaging/suppressions.html", context)


@require_http_methods(["GET", "POST"])
@needs()
def lift(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once more, then write to the address again."""
    _refuse_strangers(request)
    row = get_object_or_404(suppressions_visible_to(request.user), pk=pk)
    if request.method == "GET":
        return render(request, "messaging/suppression.html", {"row": row})
    lift_suppression(actor=request.user, suppression=row)
    messages.success(request, _("Mail is sent to %(address)s again.") % {"address": row.address})
    return redirect(reverse("messaging:suppressions"))
