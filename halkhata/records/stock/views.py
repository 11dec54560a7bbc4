"""Where goods are, and how long returned goods wait."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.records.stock.models import Movement, Place
from halkhata.records.stock.selectors.positions import age_groups, balances, waiting_units

PAGE = 50
MOST_WAITING = 500


@needs("stock.view")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """What lies at which place, in which condition."""
    chosen = request.GET.get("place", "")
    place = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    places = Place.objects.visible_to(request.user).exclude(kind="customer").select_related("branch")
    page = Paginator(balances(request.user, place_id=place), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "stock/balances.html",
        {"page": page, "places": list(places), "place": place, "extra": f"&place={place}" if place else ""},
    )


@needs("stock.view")
@require_safe
def returned(request: StaffRequest) -> HttpResponse:
    """Returned goods by how long they wait (US-32 AC 3)."""
    at = now()
    rows = list(waiting_units(request.user)[:MOST_WAITING])
    for row in rows:
        row.days = (at - row.since).days  # type: ignore[attr-defined]
    return render(request, "stock/returned.html", {"groups": age_groups(rows, at), "count": len(rows)})


@needs("stock.view")
@require_safe
def movements(request: StaffRequest) -> HttpResponse:
    """The ledger, newest first."""
    rows = Movement.objects.visible_to(request.user).select_related(
        "product", "unit", "from_place", "to_place", "moved_by"
    )
    page = Paginator(rows.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    return render(request, "stock/movements.html", {"page": page})
