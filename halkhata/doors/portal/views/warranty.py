"""Warranty pages for everybody: register with the bill, and the check page behind the card's QR code."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.doors.portal.language import language_of
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.doors.portal.secrets_of import ASKED, OPEN, address_hash, new_id, read_cookie, set_cookie
from halkhata.doors.portal.sending import SentPhotos, photos_of
from halkhata.doors.portal.services.drafts import close_draft, held_draft
from halkhata.doors.portal.services.following import TooMany, ask_for_code, known_customer, open_request, read_phone
from halkhata.doors.portal.services.registering import register_from_web
from halkhata.doors.portal.tokens import form_id, new_form_token, thanks_token
from halkhata.doors.portal.warranty_forms import WarrantyForm
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import Unit
from halkhata.records.privacy.selectors.family import family_of_survivor
from halkhata.records.warranty.card_page import masked
from halkhata.records.warranty.selectors.published import published_terms
from halkhata.records.warranty.selectors.verdict import verdict_of
from halkhata.records.warranty.services.registering import confirm_phone
from halkhata.records.warranty.services.shop_rules import warranty_settings

MOST_CHECKS = 120


@customers_page
@require_safe
def check(request: HttpRequest, token: str) -> HttpResponse:
    """What the card says, for whoever holds it: product, masked numbers, state, ends. Nothing about people."""
    if is_flooding(request, "warranty", MOST_CHECKS):
        return with_retry(customer_render(request, "portal/gone.html"))
    unit = (
        Unit.objects.select_related("product__brand", "product__kind")
        .prefetch_related("identifiers")
        .filter(warranty_card__token=token)
        .first()
    )
    if unit is None:
        return customer_render(request, "portal/gone.html", status=404)
    numbers = [masked(identifier.value) for identifier in unit.identifiers.all()]
    context = {"unit": unit, "numbers": numbers, "verdict": verdict_of(unit)}
    return customer_render(request, "portal/warranty_check.html", context)


@customers_page
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What is covered for how long, with version and day."""
    return customer_render(request, "portal/warranty_terms.html", {"rows": published_terms()})


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The owner of something bought elsewhere registers it; staff look at the bill."""
    if not warranty_settings().public_registration:
        return customer_render(request, "portal/gone.html", status=404)
    if request.method != "POST":
        serial = clean_text(request.GET.get("serial", ""), max_length=64)
        form = WarrantyForm(initial={"token": new_form_token(), "serial": serial, **_known(request)})
        return _page(request, form, None)
    form = WarrantyForm(request.POST, request.FILES)
    own_id = form_id(request.POST.get("token", ""))
    photos = photos_of(request, f"form:{own_id}") if own_id else None
    for problem in photos.new.problems if photos else ():
        form.add_error("photos", problem)
    if form.is_valid() and own_id is None:
        form.add_error(None, _("This page was open for very long. Everything is still here: please send it again."))
    if form.is_valid() and photos is not None and not photos.kept and not photos.new.good:
        form.add_error("photos", _("Please add a photo of the bill: without it nobody can check the day."))
    if form.is_valid() and is_flooding(request, "warranty_form", desk_rules().form_per_address):
        form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        return with_retry(_page(request, form, photos, 422))
    if not form.is_valid() or own_id is None or photos is None:
        return _page(request, form, photos, 422)
    try:
        ticket = _register(form.cleaned_data, own_id, language_of(request), photos, "serial" in request.GET)
    except DomainError as error:
        form.take_error(error)
        page = _page(request, form, photos, status_of(error))
        return with_retry(page) if error.code == "too_many" else page
    return _to_code(request, ticket, form.cleaned_data["phone"])


def _register(data: dict[str, Any], own_id: str, language: str, photos: SentPhotos, by_qr: bool) -> Ticket:
    with transaction.atomic():
        # Of two sendings at once the second waits here, and then finds what the first has made.
        draft = held_draft(photos.key, photos.address)
        values = {name: value for name, value in data.items() if name not in {"photos", "website", "token"}}
        ticket = register_from_web(token=own_id, language=language, by_qr=by_qr, files=photos.files, **values)
        close_draft(draft, ticket.pk)
    return ticket


def _known(request: HttpRequest) -> dict[str, str]:
    """Phone and name of whoever has shown the code: nobody types them twice."""
    session = open_request(read_cookie(request, OPEN))
    customer = known_customer(session) if session is not None else None
    if session is None or session.contact is None or customer is None:
        return {}
    return {"phone": session.contact.value, "name": customer.name}


def _is_proved(request: HttpRequest, ticket: Ticket, phone: str) -> bool:
    """Whether this browser has just shown the code for this very number, and the case is that person's."""
    session = open_request(read_cookie(request, OPEN))
    customer = known_customer(session) if session is not None else None
    if session is None or session.contact is None or customer is None or ticket.customer_id is None:
        return False
    return session.contact.value == read_phone(phone) and ticket.customer_id in family_of_survivor(customer.pk)


def _to_code(request: HttpRequest, ticket: Ticket, phone: str) -> HttpResponse:
    """The code proves the number and opens the page of the case; without another code now, its number is enough."""
    if _is_proved(request, ticket, phone):
        confirm_phone(work_number=ticket.number)
        return redirect(f"{reverse('portal:mine')}?said=registered")
    browser = read_cookie(request, ASKED) or new_id()
    try:
        ask_for_code(
            number=ticket.number, phone=phone, browser=browser, address=address_hash(request),
            language=language_of(request),
        )  # fmt: skip
    except (TooMany, DomainError):
        return redirect("portal:thanks", thanks_token(ticket.pk))
    response = redirect("portal:code")
    set_cookie(response, ASKED, browser)
    return response


def _page(request: HttpRequest, form: WarrantyForm, photos: SentPhotos | None, status: int = 200) -> HttpResponse:
    token = form.initial.get("token", "")
    if request.method == "POST":
        if photos is not None:
            photos.keep()
        token = request.POST.get("token", "") if photos is not None else new_form_token()
    context = {
        "form": form, "token": token, "kept": photos.kept if photos else [],
        "lost_files": photos.lost if photos else False,
    }  # fmt: skip
    return customer_render(request, "portal/warranty_register.html", context, status)
