"""The poster for the counter: A5, with a QR code that leads to the customers' pages."""

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from halkhata.doors.portal.pages import customer_render, customers_page


@customers_page
@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """A page to print. It shows what is public anyway: the shop's name, phone and this address."""
    address = f"{settings.BASE_URL.rstrip('/')}{reverse('portal:entry')}"
    return customer_render(request, "portal/poster.html", {"address": address, "picture": _picture(address)})


def _picture(address: str) -> SafeString:
    """The QR code as an SVG without style attributes: our content policy allows none. segno escapes what it writes."""
    drawn = segno.make(address, micro=False, error="m").svg_inline(
        scale=6, border=4, dark="#000", light="#fff", svgclass="hk-qr", lineclass=None, omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308 - digits and path commands only
