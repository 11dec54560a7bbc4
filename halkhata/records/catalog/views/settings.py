"""Settings: products, brands, price lists and kinds."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Price, PriceList, Product, ProductKind
from halkhata.records.catalog.selectors.prices import prices_in_force
from halkhata.records.catalog.services.defaults import create_price_list
from halkhata.records.catalog.services.kinds import save_kind
from halkhata.records.catalog.services.prices import save_price_list, set_price
from halkhata.records.catalog.services.products import find_or_create_brand, save_brand, save_product
from halkhata.records.catalog.setting_forms import BrandForm, KindForm, PriceForm, PriceListForm, ProductForm
from halkhata.records.customers.forms.records import RecordForm

NEW = "new"
SHOWN = 500
PRICES_SHOWN = 200


@require_safe
@needs("catalog.edit")
def products(request: StaffRequest) -> HttpResponse:
    """All products with today's price, and the brands."""
    rows = list(Product.objects.select_related("brand", "kind")[:SHOWN])
    prices = prices_in_force([one.pk for one in rows], on=today(), branch=request.user.branch)
    return render(
        request,
        "catalog/settings/products.html",
        {"rows": [(one, prices.get(one.pk)) for one in rows], "brands": list(Brand.objects.all()[:SHOWN])},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("catalog.edit")
def product(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """One product, or a new one."""
    found = _row(Product.objects.select_related("brand", "kind"), pk=pk) if pk is not None else None

    def save(form: Any) -> None:
        data = dict(form.cleaned_data)
        price, name = data.pop("price"), data.pop("new_brand")
        data["version"] = form.seen_version or None
        data["brand"] = data["brand"] or find_or_create_brand(actor=request.user, name=name)
        saved = save_product(actor=request.user, product=found, **data)
        if price is not None:
            set_price(
                actor=request.user, price_list=create_price_list(), product=saved, amount=price, valid_from=today()
            )

    names = ("name_bn", "name_en", "brand", "kind", "model_code", "is_active", "version")
    form = ProductForm(request.POST or None, initial=_initial(found, names))
    return _edit(request, form, save, "catalog/settings/product.html", "catalog:products", row=found)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("catalog.edit")
def brand(request: StaffRequest, code: str) -> HttpResponse:
    """One brand, or a new one under the code ``new``."""
    found = None if code == NEW else _row(Brand.objects.all(), code=code)

    def save(form: Any) -> None:
        save_brand(actor=request.user, brand=found, **{**form.cleaned_data, "version": form.seen_version or None})

    form = BrandForm(request.POST or None, initial=_initial(found, ("name_bn", "name_en", "is_active", "version")))
    return _edit(request, form, save, "catalog/settings/brand.html", "catalog:products", row=found)


@require_safe
@needs("catalog.edit")
def prices(request: StaffRequest) -> HttpResponse:
    """All price lists."""
    return render(request, "catalog/settings/prices.html", {"lists": list(PriceList.objects.select_related("branch"))})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("catalog.edit")
def price_list(request: StaffRequest, code: str) -> HttpResponse:
    """One list: its prices with the days they are valid from, and a form for one more."""
    found = _row(PriceList.objects.select_related("branch"), code=code)

    def save(form: Any) -> None:
        set_price(actor=request.user, price_list=found, **form.cleaned_data)

    form = PriceForm(request.POST or None)
    rows = Price.objects.filter(price_list=found).select_related("product__brand", "set_by")
    context = {
        "row": found,
        "rows": list(rows.order_by("product__folded", "-valid_from")[:PRICES_SHOWN]),
        "on": today(),
    }
    return _edit(request, form, save, "catalog/settings/price_list.html", ("catalog:price_list", code), **context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("catalog.edit")
def price_list_edit(request: StaffRequest, code: str) -> HttpResponse:
    """The name and branch of a list, or a new one under the code ``new``."""
    found = None if code == NEW else _row(PriceList.objects.select_related("branch"), code=code)

    def save(form: Any) -> None:
        data = {**form.cleaned_data, "version": form.seen_version or None}
        save_price_list(actor=request.user, price_list=found, **data)

    names = ("name_bn", "name_en", "branch", "is_active", "version")
    form = PriceListForm(request.POST or None, initial=_initial(found, names))
    return _edit(request, form, save, "catalog/settings/price_list_edit.html", "catalog:prices", row=found)


@require_safe
@needs("catalog.edit")
def kinds(request: StaffRequest) -> HttpResponse:
    """All kinds of products."""
    return render(request, "catalog/settings/kinds.html", {"kinds": list(ProductKind.objects.all()[:SHOWN])})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("catalog.edit")
def kind(request: StaffRequest, code: str) -> HttpResponse:
    """One kind, or a new one under the code ``new``."""
    found = None if code == NEW else _row(ProductKind.objects.all(), code=code)

    def save(form: Any) -> None:
        data = form.cleaned_data
        values = {
            name: data[name] for name in ("name_bn", "name_en", "usage_unit", "notice_bn", "notice_en", "is_active")
        }
        save_kind(
            actor=request.user,
            kind=found,
            version=form.seen_version or None,
            identifiers=form.entries("identifiers"),
            extra=form.entries("extra"),
            **values,
        )

    names = ("name_bn", "name_en", "usage_unit", "notice_bn", "notice_en", "is_active", "version")
    form = KindForm(request.POST or None, kind=found, initial=_initial(found, names))
    return _edit(request, form, save, "catalog/settings/kind.html", "catalog:kinds", row=found)


def _row(rows: Any, **wanted: Any) -> Any:
    found = rows.filter(**wanted).first()
    if found is None:
        raise Http404
    return found


def _initial(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names} if row is not None else {"is_active": True}


def _edit(
    request: StaffRequest,
    form: RecordForm,
    save: Callable[[Any], None],
    template: str,
    back: str | tuple[str, ...],
    **context: Any,
) -> HttpResponse:
    """Save what is valid and go back; else the page with what is wrong."""
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    save(form)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect(*((back,) if isinstance(back, str) else back))
    return render(request, template, {"form": form, **context}, status=status)
