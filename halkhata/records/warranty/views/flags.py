"""What looks wrong: a list for people."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.records.customers.selectors.keyset import page_by_time
from halkhata.records.customers.views.paging import page_links
from halkhata.records.warranty.flag_words import flag_sentence
from halkhata.records.warranty.models import Flag
from halkhata.records.warranty.policies import NOTHING_HERE
from halkhata.records.warranty.services.flags import clear_flag


@require_safe
@needs("warranty.register")
def flags(request: StaffRequest) -> HttpResponse:
    """What nobody has looked at, the newest first; ``?cleared=1`` shows the rest."""
    cleared = request.GET.get("cleared") == "1"
    rows = Flag.objects.visible_to(request.user).select_related("unit__product__brand", "cleared_by")
    rows = rows.filter(cleared_at__isnull=not cleared)
    page = page_by_time(rows, field="raised_at", before=request.GET.get("before"), after=request.GET.get("after"))
    context = {
        "rows": [{"flag": flag, "sentence": flag_sentence(flag)} for flag in page.items],
        "tabs": [
            {"label": _("To look at"), "url": "?", "active": not cleared},
            {"label": _("Cleared"), "url": "?cleared=1", "active": cleared},
        ],
        **page_links(request, page),
    }
    return render(request, "warranty/flags.html", context)


@require_POST
@needs("warranty.register")
def clear(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody looked at it, and says what was found."""
    flag = Flag.objects.visible_to(request.user).select_related("unit").filter(pk=pk).first()
    if flag is None:
        raise NotFound("not_found", NOTHING_HERE)
    try:
        clear_flag(actor=request.user, flag=flag, note=request.POST.get("note", ""))
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Looked at. It stays in the list of what was cleared."))
    return redirect("warranty:flags")
