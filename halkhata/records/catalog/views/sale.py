"""Recording a sale at the counter, on one page."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Product, Purchase
from halkhata.records.catalog.sale_forms import SaleForm
from halkhata.records.catalog.selectors.products import MOST_OFFERED, find_products, label_of_product, offered_products
from halkhata.records.catalog.selectors.units import unit_by_number
from halkhata.records.catalog.selectors.who import NEW, Found, customer_seen, who_is
from halkhata.records.catalog.services.counter import Newcomer, sell_at_counter
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.duplicates import owners_of


@require_http_methods(["GET", "HEAD", "POST"])
@needs("unit.view", "sale.record", "customer.view")
def sale_new(request: StaffRequest) -> HttpResponse:
    """The form, and what becomes of it: a sale, or one question back with all that was typed."""
    user = request.user
    customer = customer_seen(user, request.POST.get("customer") or request.GET.get("customer"))
    if request.method != "POST":
        unit = unit_by_number(user, request.GET.get("unit", "")[:20])
        product = unit.product if unit is not None else _product(request.GET.get("product", ""))
        initial = {
            "token": secrets.token_urlsafe(18),
            "who": request.GET.get("who", "")[:120],
            "product": label_of_product(product) if product else request.GET.get("product", "")[:200],
        }
        form = SaleForm(user=user, customer=customer, product=product, unit=unit, initial=initial)
        return _page(request, form, customer)
    product = _product(request.POST.get("product", ""))
    form = SaleForm(request.POST, user=user, customer=customer, product=product)
    buyer, newcomer = (customer, None) if customer is not None else _buyer(request, form)
    if not form.is_valid() or (buyer is None and newcomer is None):
        return _page(request, form, customer, status=422)
    try:
        purchase = sell_at_counter(
            actor=user,
            customer=buyer,
            newcomer=newcomer,
            line=form.line(),
            bought_on=form.cleaned_data["bought_on"] or today(),
            memo=form.cleaned_data["memo"],
            key=f"counter:{user.pk}:{form.cleaned_data['token']}" if form.cleaned_data["token"] else "",
        )
    except DomainError as error:
        if error.code == "possible_duplicate" and any(match.serials for match in error.data["matches"]):
            form.ask_whose_unit(error)
        elif error.code == "possible_duplicate":
            form.ask_again()
        else:
            form.take_error(error)
        return _page(request, form, customer, status=status_of(error), taken=error)
    return _done(request, purchase)


@require_GET
@needs("unit.view", "sale.record", "customer.view")
def sale_fields(request: StaffRequest) -> HttpResponse:
    """The fields of the product that is being typed, for htmx."""
    product = _product(request.GET.get("product", ""))
    form = SaleForm(user=request.user, product=product)
    if product is not None:
        # From the keyboard alone: the next key typed belongs into the first number.
        form.focus_on_product()
    return render(request, "catalog/_sale_fields.html", {"form": form, "product": product, **_notice(product)})


@require_GET
@needs("unit.view", "sale.record", "customer.view")
def sale_customer(request: StaffRequest) -> HttpResponse:
    """Who the typed phone number or name may be, for htmx: one sentence before the form is sent."""
    text = request.GET.get("who", "")[:120]
    found = who_is(request.user, text) if text.strip() else None
    return render(request, "catalog/_sale_customer.html", {"found": found, "user": request.user})


def _product(typed: str) -> Product | None:
    """The one product a text surely means; an id is taken, too."""
    if typed.isascii() and typed.isdigit() and len(typed) <= 18:
        by_id = offered_products().filter(pk=typed).first()
        if by_id is not None:
            return by_id
    found = find_products(typed[:200], 2)
    return found[0] if len(found) == 1 else None


def _buyer(request: StaffRequest, form: SaleForm) -> tuple[Customer | None, Newcomer | None]:
    """The customer that was typed or chosen, or the new one; neither where the form has to ask first."""
    user, text = request.user, request.POST.get("who", "")[:120]
    if not text.strip():
        form.full_clean()
        return None, None
    chosen = request.POST.get("chosen", "")
    found = who_is(user, text)
    if found.sure is not None and not chosen:
        return found.sure, None
    owner = _owner_chosen(request, chosen)
    if owner is not None:
        form.offer_people(Found([owner]))
        return owner, None
    if found.offered or chosen:
        form.offer_people(found)
    if found.offered:
        picked = customer_seen(user, chosen)
        if picked is not None and picked in found.offered:
            return picked, None
        if chosen != NEW:
            form.full_clean()
            form.add_error("chosen", _("Who is it? Choose one, or a new customer."))
            return None, None
    # Whoever has the number but is out of sight is not named: a second time the seller says that it is another person.
    return None, Newcomer(text, request.POST.get("also", "")[:120], is_another_person=chosen == NEW)


def _owner_chosen(request: StaffRequest, chosen: str) -> Customer | None:
    """Whoever was chosen because a number of the unit is theirs."""
    picked = customer_seen(request.user, chosen)
    if picked is None:
        return None
    serials = [value for name, value in request.POST.items() if name.startswith("identifier_")]
    return picked if picked.pk in owners_of(map(str, serials)) else None


def _page(
    request: StaffRequest,
    form: SaleForm,
    customer: Customer | None,
    *,
    status: int = 200,
    taken: DomainError | None = None,
) -> HttpResponse:
    url = str(taken.data.get("url", "")) if taken is not None else ""
    context: dict[str, Any] = {
        "form": form,
        "customer": customer,
        "product": form.found_product,
        "products": [label_of_product(one) for one in offered_products()[:MOST_OFFERED]],
        "taken_url": url,
        "taken_number": taken.data.get("unit_number", "") if taken is not None else "",
        **_notice(form.found_product),
    }
    return render(request, "catalog/sale_new.html", context, status=status)


def _notice(product: Product | None) -> dict[str, str]:
    kind = product.kind if product is not None else None
    return {"notice": in_reader_language(kind.notice_bn, kind.notice_en) if kind is not None else ""}


def _done(request: StaffRequest, purchase: Purchase) -> HttpResponse:
    messages.success(request, _("Sale %(number)s is recorded.") % {"number": ref(purchase.number)})
    line = purchase.lines.select_related("unit").first()
    if line is not None and line.unit is not None:
        return redirect("catalog:unit", line.unit.number)
    return redirect("catalog:sale", purchase.number)
