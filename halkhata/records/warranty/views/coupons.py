"""Free services: used at the counter, about to be lost, the company's sheet of a month."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines
from halkhata.foundation.core.text import fold_digits
from halkhata.records.catalog.days import today
from halkhata.records.warranty.forms import UseCouponForm
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.policies import NOTHING_HERE
from halkhata.records.warranty.selectors.coupons import about_to_be_lost, shown, used_in
from halkhata.records.warranty.services.coupon_goodwill import use_as_goodwill
from halkhata.records.warranty.services.coupons import check_coupon, use_coupon
from halkhata.records.warranty.services.shop_rules import warranty_settings
from halkhata.records.warranty.sheets import sheet_headings, sheet_rows, write_xlsx
from halkhata.records.warranty.terms import add_months

MOST_SHOWN = 200


@require_safe
@needs("warranty.view")
def coupons(request: StaffRequest) -> HttpResponse:
    """Customers about to lose a free service, the soonest first, and this month's used ones."""
    days = warranty_settings().warn_days
    first, last = month_of(request.GET.get("month", ""))
    rows = list(about_to_be_lost(request.user, days=days)[: MOST_SHOWN + 1])
    used = list(used_in(request.user, first=first, last=last)[:MOST_SHOWN])
    context = {
        "rows": [shown(row, on=today(), reading=None) for row in rows[:MOST_SHOWN]],
        "has_more": len(rows) > MOST_SHOWN,
        "used": used,
        "may_see": request.user.may("customer.view"),
        "days": days,
        "month": f"{first:%Y-%m}",
        "month_first": first,
    }
    return render(request, "warranty/coupons.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("coupon.use")
def use(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one. Early and late ones are refused with the way out: a manager's goodwill."""
    coupon = (
        Coupon.objects.visible_to(request.user).select_related("unit__product__brand", "unit__product__kind")
    ).filter(pk=pk).first()  # fmt: skip
    if coupon is None:
        raise NotFound("not_found", NOTHING_HERE)
    form = UseCouponForm(request.POST or None)
    if not request.user.may("warranty.void"):
        del form.fields["goodwill"], form.fields["cost"]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data: dict[str, Any] = dict(form.cleaned_data)
            reason, cost = data.pop("goodwill", ""), data.pop("cost", None) or Decimal(0)
            try:
                if reason:
                    use_as_goodwill(actor=request.user, coupon=coupon, reason=reason, cost=cost, **data)
                else:
                    use_coupon(actor=request.user, coupon_id=coupon.pk, **data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("The free service is used."))
                return redirect("catalog:unit", coupon.unit.number)
    context = {
        "form": form, "one": shown(coupon, on=today(), reading=None), "coupon": coupon,
        "over": _over(coupon) if request.method != "POST" else "",
    }  # fmt: skip
    return render(request, "warranty/use_coupon.html", context, status=status)


def _over(coupon: Coupon) -> str:
    """Why it can never be used again, so that nobody fills a form in for nothing; "" while it can."""
    try:
        check_coupon(coupon, on=today(), waived=True)
    except DomainError as error:
        return str(error.message)
    return ""


@require_safe
@needs("warranty.view")
def sheet(request: StaffRequest) -> HttpResponse:
    """The used free services of a month, for the company: Excel or CSV, safe for a spreadsheet."""
    first, last = month_of(request.GET.get("month", ""))
    rows = sheet_rows(used_in(request.user, first=first, last=last))
    name = f"coupons-{first:%Y-%m}"
    if request.GET.get("format") == "csv":
        body = BYTE_ORDER_MARK + "".join(csv_lines([sheet_headings(), *rows]))
        response = HttpResponse(body, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    else:
        held = io.BytesIO()
        write_xlsx(held, sheet_headings(), rows)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(held.getvalue(), content_type=kind)
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def month_of(typed: str) -> tuple[date, date]:
    """First and last day of "2026-11"; of this month for anything else."""
    text = fold_digits(typed)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today().replace(day=1)
    return first, date.fromordinal(add_months(first, 1).toordinal() - 1)
