"""The customer's own products and matters, without an account: the code sent to the phone says who it is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.doors.portal.follow_forms import PhoneForm
from halkhata.doors.portal.language import language_of, spoken
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.mine_forms import SerialForm
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.doors.portal.secrets_of import OPEN, drop_cookie, read_cookie
from halkhata.doors.portal.selectors.matters import booking_words, matters_of, own_job
from halkhata.doors.portal.selectors.mine import own_unit, own_units
from halkhata.doors.portal.selectors.own_unit import papers_of, unit_facts
from halkhata.doors.portal.selectors.parcels import parcels_to
from halkhata.doors.portal.services.following import (
    MINE,
    SESSION_LIVES,
    known_customer,
    open_request,
)
from halkhata.doors.portal.views.by_phone import take_phone
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.reader import DEFAULT_TIME_ZONE
from halkhata.foundation.printing.responses import pdf_response
from halkhata.oversight.automation.customer_time import zone_of
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.selectors.family import family_of_survivor
from halkhata.records.warranty.card_page import card_pdf
from halkhata.records.warranty.services.shop_rules import warranty_settings

# An hour, from one network address behind which many people may sit. A PDF costs the most.
MOST_PDFS, MOST_SERIALS = 40, 60
NOTICES = {"booked", "withdrawn", "registered", "known"}
MyView = Callable[..., HttpResponse]


def my_page(view: MyView) -> Callable[..., HttpResponse]:
    """Only for whoever has shown the code, and whom the code says: the view gets the session and the customer."""

    @customers_page
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        session = open_request(read_cookie(request, OPEN))
        if session is None or session.contact is None:
            had_one = bool(request.COOKIES.get(OPEN))
            response = redirect(f"{reverse('portal:mine_enter')}{'?said=over' if had_one else ''}")
            drop_cookie(response, OPEN)
            return response
        customer = known_customer(session)
        if customer is None:
            return customer_render(request, "portal/mine_shared.html", status=403)
        with spoken(
            language_of(request), zone_of(customer, customer.branch.time_zone if customer.branch else DEFAULT_TIME_ZONE)
        ):
            return view(request, session=session, customer=customer, **kwargs)

    return answer


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Which phone. The answer is the same whether we know it or not."""
    if request.method != "POST":
        context = {"form": PhoneForm(), "is_over": request.GET.get("said") == "over"}
        return customer_render(request, "portal/mine_enter.html", context)
    return take_phone(request, "portal/mine_enter.html", wants=MINE)


@require_safe
@my_page
def mine(request: HttpRequest, *, session: FollowRequest, customer: Customer) -> HttpResponse:
    """The own units, each with its verdict in one line."""
    return _list(request, session, customer, SerialForm())


@require_http_methods(["POST"])
@my_page
def add(request: HttpRequest, *, session: FollowRequest, customer: Customer) -> HttpResponse:
    """A serial number that does not stand in the list: one's own leads to its page, any other to the form for the bill.

    A number that nobody knows and one that is somebody else's are answered alike.
    """
    form = SerialForm(request.POST)
    if not form.is_valid():
        return _list(request, session, customer, form, 422)
    if is_flooding(request, "serial", MOST_SERIALS):
        form.take_error(_too_many())
        return with_retry(_list(request, session, customer, form))
    folded = fold_identifier(form.cleaned_data["serial"])
    if not folded:
        form.add_error("serial", _("Write the serial number; it stands on the sticker."))
        return _list(request, session, customer, form, 422)
    own = Unit.objects.filter(identifiers__folded=folded, owner__in=family_of_survivor(customer.pk)).order_by("pk")
    if (unit := own.first()) is not None:
        return redirect(f"{reverse('portal:mine_unit', args=[unit.number])}?said=known")
    if not warranty_settings().public_registration:
        form.add_error("serial", _("This shop takes no registrations here. Please call, or come by."))
        return _list(request, session, customer, form, 409)
    query = urlencode({"serial": form.cleaned_data["serial"].strip()[:64]})
    return redirect(f"{reverse('portal:warranty_register')}?{query}")


@require_safe
@my_page
def unit(request: HttpRequest, *, session: FollowRequest, customer: Customer, number: str) -> HttpResponse:
    """One unit: what is covered until when, free services, readings, repairs, and what can be done next."""
    own = own_unit(customer, number)
    if own is None:
        return _not_there(request)
    said = request.GET.get("said", "")
    booked = booking_words(own.booking) if own.booking is not None else ""
    context = {"own": own, "booked": booked, "said": said if said in NOTICES else "", **unit_facts(own, customer)}
    context["parcels"] = parcels_to(customer, unit_id=own.unit.pk)
    return _page(request, session, "portal/mine_unit.html", context)


@require_safe
@my_page
def card(request: HttpRequest, *, session: FollowRequest, customer: Customer, number: str) -> HttpResponse:
    """The warranty card as PDF, in the language that is being spoken."""
    own = own_unit(customer, number)
    if own is None:
        return _not_there(request)
    if is_flooding(request, "card", MOST_PDFS):
        return with_retry(customer_render(request, "portal/mine_problem.html", {"problem": _too_many().message}))
    content = card_pdf(own.unit, language="en" if get_language() == "en" else "bn")
    return pdf_response(content, f"warranty-{own.unit.number}.pdf")


@require_safe
@my_page
def matters(request: HttpRequest, *, session: FollowRequest, customer: Customer) -> HttpResponse:
    """Complaints, repairs, returns, disputes and visits, what is open first."""
    context = {"matters": matters_of(customer), "parcels": parcels_to(customer)}
    return _page(request, session, "portal/mine_matters.html", context)


@require_safe
@my_page
def job(request: HttpRequest, *, session: FollowRequest, customer: Customer, number: str) -> HttpResponse:
    """Where a repair stands."""
    shown = own_job(customer, number)
    if shown is None:
        return _not_there(request)
    shown["parcels"] = parcels_to(customer, item_id=shown["job"].pk)
    return _page(request, session, "portal/mine_job.html", shown)


def _too_many() -> DomainError:
    return DomainError(
        "too_many", _("Too many messages came from your network just now. Please try later, or call us.")
    )


def _not_there(request: HttpRequest) -> HttpResponse:
    return customer_render(request, "portal/mine_problem.html", {}, 404)


def _list(
    request: HttpRequest, session: FollowRequest, customer: Customer, form: SerialForm, status: int = 200
) -> HttpResponse:
    said = request.GET.get("said", "")
    context = {
        "units": own_units(customer),
        "papers": papers_of(customer),
        "form": form,
        "registers": warranty_settings().public_registration,
        "said": said if said in NOTICES else "",
    }
    return _page(request, session, "portal/mine.html", context, status)


def _page(
    request: HttpRequest, session: FollowRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    assert session.used_at is not None
    return customer_render(request, template, {"ends_at": session.used_at + SESSION_LIVES, **context}, status)
