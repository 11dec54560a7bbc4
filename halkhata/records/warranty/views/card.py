"""The warranty card and the sheet of free services as PDF."""

from typing import cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.reader import Language
from halkhata.foundation.printing.pdf import SIZES, Size
from halkhata.foundation.printing.responses import pdf_response
from halkhata.records.catalog.selectors.units import unit_by_number
from halkhata.records.warranty.card_page import card_pdf, coupon_sheet_pdf
from halkhata.records.warranty.policies import NOTHING_HERE


@require_safe
@needs("warranty.view")
def card(request: StaffRequest) -> HttpResponse:
    """``?unit=U-1001``, with ``lang`` (bn, en), ``size`` (a4, a5, 80mm) and ``sheet=coupons`` if wanted.

    Without a unit: the page that finds one.
    """
    if not request.GET.get("unit"):
        return redirect("warranty:check")
    unit = unit_by_number(request.user, request.GET["unit"][:24])
    if unit is None:
        raise NotFound("not_found", NOTHING_HERE)
    language, size = _language(request.GET.get("lang", "")), _size(request.GET.get("size", ""))
    if request.GET.get("sheet") == "coupons":
        return pdf_response(coupon_sheet_pdf(unit, language=language, size=size), f"coupons-{unit.number}.pdf")
    return pdf_response(card_pdf(unit, language=language, size=size), f"warranty-{unit.number}.pdf")


def _language(typed: str) -> Language:
    if typed in {"bn", "en"}:
        return cast(Language, typed)
    return "en" if get_language() == "en" else "bn"


def _size(typed: str) -> Size:
    return cast(Size, typed) if typed in SIZES else "a5"
