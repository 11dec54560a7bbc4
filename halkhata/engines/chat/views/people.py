"""Who writes by chat, and to which customer they belong."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from halkhata.engines.chat.choices import JoinedHow
from halkhata.engines.chat.forms import JoinForm
from halkhata.engines.chat.models import ChatIdentity
from halkhata.engines.chat.policies import identities_visible_to
from halkhata.engines.chat.services.joining import join, unjoin
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.records.customers.models import Customer
from halkhata.records.customers.privacy import may_see_private
from halkhata.records.customers.selectors.search import search_customers

SHOWN = 10


@needs("customer.view")
@require_safe
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """One person who writes; ``?q=`` looks for the customer they really are."""
    return _page(request, _person(request, pk))


@needs("customer.view", "customer.edit")
@require_POST
def person_join(request: StaffRequest, pk: int) -> HttpResponse:
    """They are this customer."""
    found, form = _person(request, pk), JoinForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    customer = Customer.objects.visible_to(request.user).filter(pk=form.cleaned_data["customer"]).first()
    if customer is None:
        raise NotFound("no_such_customer", _("There is no such customer, or it is not for you to see."))
    try:
        join(actor=request.user, identity=found, customer=customer)
    except DomainError as error:
        form.take_error(error)
        return _page(request, found, form=form, status=status_of(error))
    messages.success(request, _("Joined. What they opened by chat moved along."))
    return redirect("chat:person", found.pk)


@needs("customer.view", "customer.edit")
@require_POST
def person_unjoin(request: StaffRequest, pk: int) -> HttpResponse:
    """They are not this customer after all."""
    found = _person(request, pk)
    unjoin(actor=request.user, identity=found)
    messages.success(request, _("Taken apart again."))
    return redirect("chat:person", found.pk)


def _person(request: StaffRequest, pk: int) -> ChatIdentity:
    found = identities_visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


def _page(
    request: StaffRequest, found: ChatIdentity, *, form: JoinForm | None = None, status: int = 200
) -> HttpResponse:
    asked = request.GET.get("q", "")[:100]
    hits = search_customers(request.user, asked, SHOWN) if asked.strip() else []
    last = found.joins.filter(undone_at__isnull=True).select_related("from_customer").first()
    context = {
        "person": found,
        "text": asked,
        "hits": [one for one in hits if one.pk != found.customer_id],
        "form": form,
        "may_join": request.user.may("customer.edit"),
        "may_part": last is not None or found.joined_how != JoinedHow.NEW,
        "last": last,
        "see_number": may_see_private(request.user),
    }
    return render(request, "chat/person.html", context, status=status)
