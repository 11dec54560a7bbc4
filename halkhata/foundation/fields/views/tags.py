"""Settings: tags."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.fields.models import Tag
from halkhata.foundation.fields.services.tags import save_tag
from halkhata.foundation.fields.settings_forms import TagForm
from halkhata.foundation.fields.views.targets import known_target, shell

SHOWN = 500


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: StaffRequest, target: str) -> HttpResponse:
    """All tags of one kind of record, and a line for a new one."""
    known_target(target)
    return _page(request, target, None)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def tag(request: StaffRequest, target: str, pk: int) -> HttpResponse:
    """One tag: its word, its colour, whether it is in use."""
    row = Tag.objects.filter(target=target, pk=pk).first()
    if row is None:
        raise Http404
    return _page(request, target, row)


def _page(request: StaffRequest, target: str, row: Tag | None) -> HttpResponse:
    initial = {"name": row.name, "tone": row.tone, "is_active": row.is_active} if row else {"is_active": True}
    form = TagForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_tag(actor=request.user, target=target, tag=row, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("fields:tags", target)
    context = {**shell(target, "tags"), "form": form, "row": row, "tags": Tag.objects.filter(target=target)[:SHOWN]}
    return render(request, "fields/tags.html", context, status=status)
