"""What somebody allows us to send, without a sign-in: the page behind the link in a mail, and the one for whoever has
no link. Looking changes nothing; one press is enough to say no (E.7, RFC 8058, US-56 AC 5)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from halkhata.doors.portal.language import LANGUAGES, language_of, spoken
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import customer_render, customers_page, unlisted
from halkhata.doors.portal.preference_forms import StopForm
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.choices import DECIDED, ConsentSource, ConsentState
from halkhata.records.privacy.models import Erasure
from halkhata.records.privacy.selectors.consents import Standing, standings
from halkhata.records.privacy.selectors.family import survivor_id
from halkhata.records.privacy.services.consents import confirm_consent
from halkhata.records.privacy.services.links import Named, read_confirm_token, read_preference_token
from halkhata.records.privacy.services.preferences import change_preferences, stop_by_link
from halkhata.records.privacy.services.reading_contacts import read_number_or_address
from halkhata.records.privacy.services.stops import stop_contact

# The words a mail program sends with one press (RFC 8058 section 3.2).
ONE_CLICK = ("List-Unsubscribe", "One-Click")


# The signature in the address is the permission: no cookie is needed, so that a mail program can press for the reader.
@csrf_exempt
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody allows by the way the link went; a POST of a mail program says no to everything."""
    named = read_preference_token(token)
    customer = customer_of_link(named)
    language = language_of(request, customer.language if customer else "")
    with spoken(language):
        if named is None:
            return link_page(request, "portal/preferences_gone.html", language, status=404)
        if request.method == "POST":
            if request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1] or request.POST.get("stop"):
                stop_by_link(named=named, customer=customer)
                return link_page(request, "portal/preferences_done.html", language, is_stopped=True)
            if customer is not None:
                change_preferences(named=named, customer=customer, agreed=request.POST.getlist("agreed"))
            return link_page(request, "portal/preferences_done.html", language, is_stopped=False)
        known = standings(customer.pk) if customer else {}
        rows = [
            {
                "purpose": purpose,
                "is_on": _is_on(purpose.value, known, named),
            }
            for purpose in DECIDED
        ]
        return link_page(request, "portal/preferences.html", language, rows=rows if customer else [], token=token)


@csrf_exempt
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a confirmation: looking shows the words, the press makes it a consent."""
    named = read_confirm_token(token)
    customer = customer_of_link(named)
    language = language_of(request, customer.language if customer else "")
    with spoken(language):
        if named is None or customer is None:
            return link_page(request, "portal/preferences_gone.html", language, status=404)
        if request.method == "POST":
            confirm_consent(
                customer=customer, purpose=named.purpose, channel=named.channel, proof=f"link {named.digest[:12]}"
            )
            return link_page(request, "portal/confirmed.html", language)
        known = standings(customer.pk).get((named.purpose, named.channel))
        event = known.event if known is not None else None
        wording = event.wording if event is not None else None
        words = "" if wording is None else wording.text_bn if language == "bn" else wording.text_en
        return link_page(request, "portal/confirm.html", language, token=token, words=words)


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """For whoever has no link: type a number or an address, and nothing but service goes there any more.

    The answer is the same whether we know it or not.
    """
    if request.method != "POST":
        return customer_render(request, "portal/stop.html", {"form": StopForm()})
    form = StopForm(request.POST)
    if not form.is_valid():
        return customer_render(request, "portal/stop.html", {"form": form}, 422)
    if is_flooding(request, "stop", 20):
        form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        return with_retry(customer_render(request, "portal/stop.html", {"form": form}))
    try:
        kind, value = read_number_or_address(form.cleaned_data["contact"], field="contact")
    except DomainError as error:
        form.add_error("contact", str(error.message))
        return customer_render(request, "portal/stop.html", {"form": form}, 422)
    stop_contact(kind=kind, value=value, source=ConsentSource.FORM)
    return customer_render(request, "portal/preferences_done.html", {"is_stopped": True})


def customer_of_link(named: Named | None) -> Customer | None:
    """Whom the link was made for, the survivor after a merge; None when their data were erased."""
    if named is None:
        return None
    pk = survivor_id(named.customer_id)
    if Erasure.objects.filter(customer_id_then=pk).exists():
        return None
    return Customer.objects.filter(pk=pk).first()


def _is_on(purpose: str, known: dict[tuple[str, str], Standing], named: Named) -> bool:
    standing = known.get((purpose, named.channel))
    state = standing.state if standing is not None else ConsentState.NONE
    return state == ConsentState.GRANTED or (purpose == "survey" and state == ConsentState.NONE)


def link_page(
    request: HttpRequest, template: str, language: str, *, status: int = 200, **values: object
) -> HttpResponse:
    """A page behind a signed link, in ``language``."""
    context = {"page_language": language, "page_languages": LANGUAGES, "hide_language": True, **values}
    response = render(request, template, context, status=status)
    # The address is a secret: it goes to no other site.
    response["Referrer-Policy"] = "no-referrer"
    return response
