"""Why is it due then? As a partial for the desks' pages, and as a page of its own."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.explain import explained
from halkhata.engines.work.selectors.rows import item_url
from halkhata.engines.work.selectors.stage_times import stage_times
from halkhata.engines.work.views.found import item_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest


@require_GET
@needs("work.view")
def explain(request: StaffRequest, number: str) -> HttpResponse:
    """Every promise of the item, stretch by stretch."""
    item = item_for(request.user, number)
    context = {"item": item, "told": explained(item, request.user), "item_url": item_url(item)}
    template = "work/_explain.html" if request.htmx else "work/explain.html"
    return render(request, template, context)


@require_GET
@needs("work.view")
def stages(request: StaffRequest, number: str) -> HttpResponse:
    """Where the time went: every stay in a state, and whose time it was (A52.13)."""
    item = item_for(request.user, number)
    kind = item_kinds.find(item.kind)
    times = stage_times([item.pk])[item.pk]
    context = {
        "item": item,
        "item_url": item_url(item),
        "times": times,
        "sides": [
            {"label": side.label, "span": span, "share": _share(span.total, times.life.total)}
            for side, span in times.sides.items()
            if span.total
        ],
        "stays": [
            {"stay": stay, "label": kind.state_label(stay.state) if kind is not None else stay.state}
            for stay in times.spans
        ],
    }
    template = "work/_stages.html" if request.htmx else "work/stages.html"
    return render(request, template, context)


def _share(part: timedelta, whole: timedelta) -> int:
    return round(100 * part / whole) if whole else 0
