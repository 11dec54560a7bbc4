"""Opening a dispute: about a complaint, a repair or a return of one's own, whose code was shown (A60.1)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.selectors.country import outside_route
from halkhata.desks.disputes.services.links import dispute_token
from halkhata.desks.disputes.services.opening import open_dispute
from halkhata.desks.tickets.models import Ticket
from halkhata.doors.portal.dispute_forms import DisputeForm
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.pages import customer_render
from halkhata.doors.portal.selectors.matters import own_matter
from halkhata.doors.portal.services.following import CUSTOMER, customer_of
from halkhata.doors.portal.views.mine import my_page
from halkhata.doors.portal.views.ticket import own_ticket
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    """A dispute about a complaint, a repair or a return of one's own, whose code was shown."""
    wanted = parse_ref(number) or ""
    if wanted.startswith(("J-", "E-")):
        return _new_about_matter(request, number=wanted)
    return _new_about_ticket(request, number=number)


@own_ticket
def _new_about_ticket(
    request: HttpRequest, *, session: FollowRequest, ticket: Ticket, tickets: list[Ticket]
) -> HttpResponse:
    return _new(request, customer_of(session), ticket, None, reverse("portal:ticket", args=[ticket.number]))


@my_page
def _new_about_matter(request: HttpRequest, *, session: FollowRequest, customer: Customer, number: str) -> HttpResponse:
    found = own_matter(customer, number)
    if found is None:
        return customer_render(request, "portal/mine_problem.html", {}, 404)
    return _new(request, customer, found.item, found.unit, found.url)


def _new(
    request: HttpRequest, customer: Customer | None, item: WorkItem, unit: Unit | None, back_url: str
) -> HttpResponse:
    form = DisputeForm(request.POST if request.method == "POST" else None)
    known = Dispute.objects.filter(about=item.pk).exclude(state__in=["closed", "withdrawn"]).first()
    if known is not None:
        return redirect("portal:dispute", dispute_token(known))
    context = {"form": form, "item": item, "back_url": back_url, "route": outside_route(item.branch.country)}
    if request.method != "POST":
        return customer_render(request, "portal/dispute_new.html", context)
    if is_flooding(request, "dispute_new", 20):
        form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        return with_retry(customer_render(request, "portal/dispute_new.html", context))
    if not form.is_valid():
        return customer_render(request, "portal/dispute_new.html", context, 422)
    try:
        made = open_dispute(
            actor=CUSTOMER, customer=customer, branch=item.branch, about=item, team=item.team, unit=unit,
            channel=Channel.WEB_FORM, by_customer=True, is_demo=item.is_demo, **form.cleaned_data,
        )  # fmt: skip
    except DomainError as error:
        form.take_error(error)
        return customer_render(request, "portal/dispute_new.html", context, status_of(error))
    return redirect(f"{reverse('portal:dispute', args=[dispute_token(made)])}?said=opened")
