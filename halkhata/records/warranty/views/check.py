"""Is it in warranty? One box, one look."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.units import with_all
from halkhata.records.warranty.models import Flag
from halkhata.records.warranty.selectors.checking import check
from halkhata.records.warranty.selectors.history import earlier_claims, open_campaigns
from halkhata.records.warranty.selectors.overview import verdicts
from halkhata.records.warranty.selectors.registrations import waiting_count


@require_safe
@needs("warranty.view")
def check_page(request: StaffRequest) -> HttpResponse:
    """A serial or phone number in, green, amber or red out, with the rule that decides."""
    typed = clean_text(request.GET.get("q", ""), max_length=64)
    rows: list[dict[str, Any]] = [{"one": one} for one in check(request.user, typed)]
    if len(rows) == 1:
        unit = rows[0]["one"].unit
        rows[0] |= {"campaigns": open_campaigns(unit), "earlier": earlier_claims(unit)}
    context = {
        "q": typed,
        "may_register": request.user.may("warranty.register"),
        "rows": rows,
        "waiting": waiting_count(request.user),
        "flags": Flag.objects.visible_to(request.user).open().count(),
    }
    return render(request, "warranty/check.html", context)


@require_safe
@needs()
def line(request: StaffRequest) -> HttpResponse:
    """The verdict of one serial number as a line for other pages (A53.4); nothing for a number that is no unit here."""
    folded = fold_identifier(request.GET.get("serial", "")[:64])
    if not folded or not request.user.may("warranty.view"):
        return HttpResponse(status=204)
    rows = with_all(Unit.objects.visible_to(request.user).filter(identifiers__folded=folded)).distinct()[:2]
    found = verdicts(list(rows))
    if not found:
        return HttpResponse(status=204)
    return render(request, "warranty/_line.html", {"found": found})
