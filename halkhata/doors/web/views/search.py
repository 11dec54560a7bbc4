"""The one search box of every page (US-01)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.selectors.search import global_search


@needs()
@require_safe
def search(request: StaffRequest) -> HttpResponse:
    """Hits by group; a single hit opens at once unless ``stay`` is given."""
    text = clean_text(request.GET.get("q"), max_length=100)
    results = global_search(request.user, text) if text else None
    if results is not None and results.only_hit is not None and "stay" not in request.GET:
        return redirect(results.only_hit.url)
    return render(request, "web/search.html", {"results": results, "search_text": text})
