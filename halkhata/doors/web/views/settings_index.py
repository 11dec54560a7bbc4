"""The index of all settings a person may open."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.registry import settings_pages


@needs()
@require_safe
def settings_index(request: StaffRequest) -> HttpResponse:
    """Pages that apps registered, in their order; what a role may not open is not shown."""
    rows = []
    for page in sorted(settings_pages, key=lambda page: page.order):
        if page.permission and not request.user.may(page.permission):
            continue
        if page.allowed is not None and not page.allowed(request.user):
            continue
        try:
            rows.append({"page": page, "url": reverse(page.url_name)})
        except NoReverseMatch:
            continue  # the app is not mounted in this install
    return render(request, "web/settings_index.html", {"rows": rows})
