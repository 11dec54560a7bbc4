"""Exports: asking for one, and one's own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict
from halkhata.records.customers.views.paging import page_links
from halkhata.records.imports.forms import ExportForm
from halkhata.records.imports.policies import refuse_unless_may_export
from halkhata.records.imports.selectors.runs import exports_page
from halkhata.records.imports.services.exporting import begin_export


@require_http_methods(["GET", "POST"])
@needs("customer.export")
def export_list(request: StaffRequest) -> HttpResponse:
    """Begin an export; one's own exports below."""
    refuse_unless_may_export(request.user)
    form, status = ExportForm(request.POST or None, user=request.user), 422
    if request.method == "POST" and form.is_valid():
        try:
            begin_export(
                actor=request.user, target="customers", file_format=form.cleaned_data["format"], filters=form.filters()
            )
        except Conflict as error:
            form.add_error(None, str(error.message))
            status = 409
        else:
            messages.success(request, _("The file is being written. Its line stands below."))
            return redirect("imports:exports")
    page = exports_page(request.user, before=request.GET.get("before"), after=request.GET.get("after"))
    waiting = any(export.state == "waiting" for export in page.items)
    return render(
        request,
        "imports/exports.html",
        {"form": form, "exports": page.items, "waiting": waiting, **page_links(request, page)},
        status=status if form.errors else 200,
    )
