"""Why is it due then? As a partial for the desks' pages, and as a page of its own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from halkhata.engines.work.selectors.explain import explained
from halkhata.engines.work.selectors.rows import item_url
from halkhata.engines.work.views.found import item_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest


@require_GET
@needs("work.view")
def explain(request: StaffRequest, number: str) -> HttpResponse:
    """Every promise of the item, stretch by stretch."""
    item = item_for(request.user, number)
    context = {"item": item, "told": explained(item), "item_url": item_url(item)}
    template = "work/_explain.html" if request.htmx else "work/explain.html"
    return render(request, template, context)
