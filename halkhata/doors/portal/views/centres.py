"""Service centres for everybody: who serves which brands where, with phone and hours (A53.13)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from halkhata.desks.aftercare.selectors.centres import districts_served, public_centres
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.records.catalog.models import Brand

MOST = 200


@customers_page
@require_safe
def service_centres(request: HttpRequest) -> HttpResponse:
    """All of them, or those of one district and brand. Nothing about customers; no phone is needed."""
    district = request.GET.get("district", "").replace("\x00", "")[:12]
    typed = request.GET.get("brand", "")
    brand_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    found = list(public_centres(district_code=district, brand_id=brand_id)[: MOST + 1])
    context = {
        "centres": found[:MOST],
        "has_more": len(found) > MOST,
        "districts": districts_served(get_language() or "bn"),
        "brands": list(Brand.objects.filter(is_active=True).order_by("code")[:100]),
        "district": district,
        "brand_id": brand_id,
    }
    return customer_render(request, "portal/service_centres.html", context)
