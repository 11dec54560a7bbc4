"""Handing a customer's file to a reader who sees private fields masked: asked for, and written down each time."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.messaging.selectors.files import customers_message
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.registry import may_open
from halkhata.foundation.files.views import handed_out
from halkhata.records.customers.forms.unmasking import UnmaskForm
from halkhata.records.customers.privacy import may_see_private
from halkhata.records.customers.services.unmasking import write_down_unmasking


@require_http_methods(["GET", "HEAD", "POST"])
@needs("customer.unmask")
def unmask_file(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask (why, if one likes), then the file comes. Looking at this page hands nothing out yet."""
    file = StoredFile.objects.filter(pk=pk).first()
    message = customers_message(pk)
    if file is None or message is None or not may_open(request.user, pk):
        raise Http404
    if may_see_private(request.user):
        return redirect("files:download", pk, file.original_name)
    form = UnmaskForm(request.POST or None, initial={"field": f"file-{pk}"})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                write_down_unmasking(
                    actor=request.user,
                    record_shown=message.customer or message.conversation.item,
                    field=f"file-{pk}",
                    shown=file.original_name[:60],
                    reason=form.cleaned_data["reason"],
                )
            except DomainError as error:
                if status_of(error) == 403:
                    raise
                form.add_error(None, str(error.message))
            else:
                return handed_out(file)
    context = {"file": file, "form": form, "item": message.conversation.item, "title": _("Download a customer's file")}
    return render(request, "messaging/unmask_file.html", context, status=status)
