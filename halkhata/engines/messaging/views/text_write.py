"""Writing one short text about an item, with its parts and its price before it goes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.selectors.texting import short_texts
from halkhata.engines.messaging.services.text_writing import numbers_of, write_text
from halkhata.engines.messaging.text_choices import TextState
from halkhata.engines.messaging.text_forms import WriteForm
from halkhata.engines.messaging.text_policies import require_texts
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import localdt, phone


@needs("ticket.reply")
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: StaffRequest, number: str) -> HttpResponse:
    """The form; ``?ready=`` fills in a ready text."""
    require_texts(request.user)
    visible = WorkItem.objects.visible_to(request.user).select_related("customer", "branch")
    item = get_object_or_404(visible, number=parse_ref(number) or number)
    numbers = [(point.value, f"{phone(point.value)} {point.label}".strip()) for point in numbers_of(item)]
    ready = short_texts(active_only=True)
    chosen = next((row for row in ready if str(row.pk) == request.GET.get("ready", "")), None)
    initial = {"text": chosen.text, "purpose": chosen.purpose} if chosen else {}
    form, status = WriteForm(request.POST or None, numbers=numbers, initial=initial), 200
    # "Count the parts" shows the page again and sends nothing.
    if request.method == "POST" and "count" not in request.POST:
        status = 422
        if form.is_valid():
            try:
                message = write_text(actor=request.user, item=item, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _said(message))
                return redirect("work:item", item.number)
    context = {"form": form, "item": item, "numbers": numbers, "ready": ready, "chosen": chosen}
    return render(request, "messaging/text_write.html", context, status=status)


def _said(message: TextMessage) -> str:
    if message.state == TextState.HELD and message.go_at is not None:
        at = localdt(message.go_at)
        return _("Held: %(why)s. It goes at %(time)s.") % {"why": message.get_rule_display(), "time": at}
    if message.state == TextState.PREPARED:
        return _("Prepared, not sent: no SMS gateway is connected. It stands under “Codes and short texts”.")
    return _("It goes out in a moment.")
