"""The list of texts that wait, on paper: for calling one after the other (US-25.6)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from halkhata.engines.messaging.text_policies import require_texts
from halkhata.engines.sms.selectors.gateways import MOST_PRINTED, texts_to_print
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest


@needs("ticket.reply")
@require_safe
@never_cache
def waiting(request: StaffRequest) -> HttpResponse:
    """Number, name, text and a line to tick, oldest first."""
    require_texts(request.user)
    rows = list(texts_to_print(request.user))
    return render(request, "sms/print.html", {"rows": rows, "more": len(rows) == MOST_PRINTED})
