"""The list of segments."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from halkhata.engines.segments.models import Segment
from halkhata.engines.segments.selectors.segments import conditions_in_words
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest


@require_GET
@needs("customer.view", "report.view")
def segment_list(request: StaffRequest) -> HttpResponse:
    """All segments with their size; who does not see all customers is told no number of strangers."""
    segments = list(Segment.objects.there())
    words = conditions_in_words(segments, request.user)
    rows = [{"segment": one, "words": words[one.pk]} for one in segments]
    context = {"rows": rows, "sees_all": request.user.role.scope == Scope.ALL}
    return render(request, "segments/list.html", context)
