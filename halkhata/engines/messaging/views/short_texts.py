"""Ready texts that go as SMS: the list, and the form with its meter."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.engines.messaging.models import ShortText
from halkhata.engines.messaging.selectors.texting import measure, short_texts, texting_settings
from halkhata.engines.messaging.services.texting_settings import save_short_text
from halkhata.engines.messaging.text_choices import TextPurpose
from halkhata.engines.messaging.text_forms import ShortTextForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.models import Installation

_FIELDS = ("name", "purpose", "language", "text", "is_active", "version")


@needs("settings.edit")
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """All of them, with parts and price."""
    settings = texting_settings()
    rows = [(row, measure(row.text, settings)) for row in short_texts()]
    return render(request, "messaging/short_texts.html", {"rows": rows})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Write one."""
    return _form(request, None)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change one."""
    return _form(request, get_object_or_404(ShortText, pk=pk))


def _form(request: StaffRequest, row: ShortText | None) -> HttpResponse:
    initial = {"purpose": TextPurpose.NOTICE.value, "language": Installation.current().language}
    if row is not None:
        initial = {name: getattr(row, name) for name in _FIELDS}
    form, status = ShortTextForm(request.POST or None, initial=initial), 200
    # "Count the parts" shows the page again and keeps nothing.
    if request.method == "POST" and "count" not in request.POST:
        status = 422
        if form.is_valid():
            try:
                save_short_text(actor=request.user, row=row, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("messaging:short_texts")
    return render(request, "messaging/short_text_form.html", {"form": form, "row": row}, status=status)
