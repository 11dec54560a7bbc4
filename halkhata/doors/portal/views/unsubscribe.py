"""Saying no to one kind of mail, by the address that stands in its header: one press of the mail program (RFC 8058), or
the page with a button for whoever opens the link. Looking changes nothing: scanners of mail open every link (B.3)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from halkhata.doors.portal.language import language_of, spoken
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import unlisted
from halkhata.doors.portal.views.preferences import ONE_CLICK, customer_of_link, link_page
from halkhata.records.privacy.choices import Purpose
from halkhata.records.privacy.services.links import preference_token_of, read_unsubscribe_token
from halkhata.records.privacy.services.preferences import unsubscribe as say_no

# Addresses that are none of ours, within an hour from one network address. A real one is never refused: behind the
# few addresses of a mail provider stand all its readers.
MOST_WRONG = 60


# The signature in the address is the permission: no sign-in, no cookie, no token of a form.
@csrf_exempt
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what it is about and a button; POST says no at once. Never a redirect: mail programs follow none."""
    named = read_unsubscribe_token(token)
    if named is None:
        # The same for every address that was not signed by us: nothing is told of who is known.
        language, is_too_often = language_of(request), is_flooding(request, "unsubscribe", MOST_WRONG)
        with spoken(language):
            response = link_page(request, "portal/preferences_gone.html", language, status=404)
            return with_retry(response) if is_too_often else response
    customer = customer_of_link(named)
    language = language_of(request, customer.language if customer else "")
    with spoken(language):
        context: dict[str, Any] = {
            "purpose": Purpose(named.purpose),
            "token": token,
            "preferences": preference_token_of(named),
        }
        if request.method == "POST":
            by_program = request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]
            if by_program or request.POST.get("stop"):
                say_no(named=named, customer=customer, how="one-click" if by_program else "link")
                return link_page(request, "portal/unsubscribed.html", language, **context)
        return link_page(request, "portal/unsubscribe.html", language, **context)
