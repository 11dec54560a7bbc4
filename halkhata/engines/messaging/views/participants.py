"""Letting people take part in a conversation, and taking them out again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.engines.messaging.models import Participant
from halkhata.engines.messaging.policies import items_visible_to
from halkhata.engines.messaging.services.participants import add_participant, remove_participant
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import parse_ref


@require_POST
@needs("ticket.view", "ticket.reply")
def add_by_address(request: StaffRequest, number: str) -> HttpResponse:
    """Add somebody by a typed address."""
    item = get_object_or_404(items_visible_to(request.user), number=parse_ref(number) or number)
    return _added(request, item, request.POST.get("address", "")[:300], request.POST.get("name", "")[:300])


@require_POST
@needs("ticket.view", "ticket.reply")
def add_named(request: StaffRequest, pk: int) -> HttpResponse:
    """Add somebody whom a mail named."""
    one = _participant(request, pk)
    return _added(request, one.conversation.item, one.address, one.name)


@require_POST
@needs("ticket.view", "ticket.reply")
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take somebody out, or say no to somebody whom a mail named."""
    one = _participant(request, pk)
    remove_participant(actor=request.user, participant=one)
    messages.success(request, _("%(who)s takes no part in this ticket.") % {"who": one})
    return _back(one.conversation.item)


def _added(request: StaffRequest, item: WorkItem, address: str, name: str) -> HttpResponse:
    try:
        one = add_participant(actor=request.user, item=item, address=address, name=name)
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("%(who)s takes part from now on. Nothing of before was sent.") % {"who": one})
    return _back(item)


def _participant(request: StaffRequest, pk: int) -> Participant:
    rows = Participant.objects.select_related("conversation__item")
    return get_object_or_404(rows, pk=pk, conversation__item__in=items_visible_to(request.user))


def _back(item: WorkItem) -> HttpResponse:
    return redirect(f"{reverse('work:item', args=[item.number])}#participants")
