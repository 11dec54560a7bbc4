"""All open tickets of a customer into one hand (US-60)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from halkhata.desks.tickets.services.one_owner import give_all_to_one
from halkhata.engines.work.policies import assignable
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader
from halkhata.records.customers.models import Customer


@needs("ticket.view", "customer.view", "ticket.edit", "ticket.assign")
@require_POST
def one_owner(request: StaffRequest, customer: int) -> HttpResponse:
    """Give what is open with the customer to one person."""
    found = Customer.objects.visible_to(request.user).filter(pk=customer).first()
    typed = request.POST.get("owner", "")
    owner = assignable(request.user).filter(pk=int(typed)).first() if typed.isascii() and typed.isdigit() else None
    if found is None or owner is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    count = give_all_to_one(actor=request.user, customer=found, owner=owner)
    shown = format_number(count, digits=current_reader().digits)
    text = ngettext("%(count)s ticket given to %(name)s.", "%(count)s tickets given to %(name)s.", count)
    messages.success(request, text % {"count": shown, "name": owner.name})
    return redirect("customers:detail", found.pk)
