"""The public complaint form, on its own page and in other sites' frames. Needs no cookie and no script.

A shop puts it on its own site with one line (the address is that of this install; ``lang`` is bn or en):

    <iframe src="https://crm.example.com/c/embed/complaint/?lang=bn" title="অভিযোগ" width="100%" height="900"></iframe>
"""

from typing import Any

from csp.decorators import csp_replace
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.services.web_form import open_from_web_form
from halkhata.doors.portal.forms import ComplaintForm
from halkhata.doors.portal.language import LANGUAGES, language_of, spoken
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import is_too_large, unlisted
from halkhata.doors.portal.sending import SentPhotos, photos_of
from halkhata.doors.portal.services.drafts import close_draft, held_draft
from halkhata.doors.portal.tokens import form_id, new_form_token, thanks_token, ticket_of_thanks
from halkhata.engines.work.selectors.promise_text import answer_due
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.oversight.automation.customer_time import told_time

FRAMEABLE = {"frame-ancestors": ["*"]}


# The form carries a signed token of its own and acts for nobody who is signed in: there is nothing to forge.
@csrf_exempt
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def complaint(request: HttpRequest) -> HttpResponse:
    """The form as a page."""
    return _form_page(request, embedded=False)


@csrf_exempt
@xframe_options_exempt
@csp_replace(FRAMEABLE)
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def embedded_complaint(request: HttpRequest) -> HttpResponse:
    """The form for a frame on the shop's own site."""
    return _form_page(request, embedded=True)


@unlisted
@require_safe
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """The number, and by when we answer."""
    return _thanks_page(request, token, embedded=False)


@xframe_options_exempt
@csp_replace(FRAMEABLE)
@unlisted
@require_safe
def embedded_thanks(request: HttpRequest, token: str) -> HttpResponse:
    """The same inside a frame."""
    return _thanks_page(request, token, embedded=True)


def _form_page(request: HttpRequest, *, embedded: bool) -> HttpResponse:
    if request.method == "POST" and is_too_large(request):
        # It is not read, so its language is not known.
        return _render(request, "portal/too_large.html", {}, get_language() or "bn", embedded, 413)
    language = language_of(request)
    with spoken(language):
        if request.method != "POST":
            form = ComplaintForm(initial={"token": new_form_token()})
            return _render(request, "portal/complaint.html", {"form": form}, language, embedded)
        form = ComplaintForm(request.POST, request.FILES)
        own_id = form_id(request.POST.get("token", ""))
        photos = photos_of(request, f"form:{own_id}") if own_id else None
        for problem in photos.new.problems if photos else ():
            form.add_error("photos", problem)
        if form.is_valid() and own_id is None:
            form.add_error(None, _("This page was open for very long. Everything is still here: please send it again."))
        if form.is_valid() and is_flooding(request, "complaint", desk_rules().form_per_address):
            form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
            return with_retry(_again(request, form, photos, own_id, language, embedded, 422))
        if form.is_valid() and own_id is not None and photos is not None:
            try:
                ticket = _open(form.cleaned_data, own_id, language, photos)
            except DomainError as error:
                form.take_error(error)
                page = _again(request, form, photos, own_id, language, embedded, status_of(error))
                return with_retry(page) if error.code == "too_many" else page
            name = "portal:embedded_thanks" if embedded else "portal:thanks"
            return redirect(f"{reverse(name, args=[thanks_token(ticket.pk)])}?lang={language}")
        return _again(request, form, photos, own_id, language, embedded, 422)


def _open(data: dict[str, Any], own_id: str, language: str, photos: SentPhotos) -> Ticket:
    with transaction.atomic():
        # Of two sendings at once the second waits here, and then finds what the first has made.
        draft = held_draft(photos.key, photos.address)
        known = Ticket.objects.filter(cause=f"web-form:{own_id}").first()
        if known is not None:
            return known
        ticket = open_from_web_form(
            token=own_id,
            text=data["text"],
            name=data["name"],
            phone=data["phone"],
            email=data["email"],
            serial=data["serial"],
            category=data["category"],
            language=language,
            files=photos.files(),
        )
        close_draft(draft, ticket.pk)
    return ticket


def _again(
    request: HttpRequest,
    form: ComplaintForm,
    photos: SentPhotos | None,
    own_id: str | None,
    language: str,
    embedded: bool,
    status: int,
) -> HttpResponse:
    """The form with everything that was typed and chosen; a token too old for use is replaced by a new one."""
    if photos is not None:
        photos.keep()
    token = request.POST.get("token", "") if own_id else new_form_token()
    context = {
        "form": form,
        "token": token,
        "kept": photos.kept if photos else [],
        "lost_files": photos.lost if photos else bool(request.FILES),
    }
    return _render(request, "portal/complaint.html", context, language, embedded, status)


def _thanks_page(request: HttpRequest, token: str, *, embedded: bool) -> HttpResponse:
    language = language_of(request)
    ticket = Ticket.objects.select_related("branch", "team", "customer").filter(pk=ticket_of_thanks(token) or 0).first()
    with spoken(language):
        if ticket is None:
            return _render(request, "portal/gone.html", {}, language, embedded, 404)
        due = answer_due(ticket)
        # In the zone in which the customer lives, as far as the number says it (A51.10).
        promise = told_time(due, item=ticket, language=language) if due is not None else ""
        context = {"ticket": ticket, "promise": promise}
        return _render(request, "portal/thanks.html", context, language, embedded)


def _render(
    request: HttpRequest, template: str, context: dict[str, Any], language: str, embedded: bool, status: int = 200
) -> HttpResponse:
    shared = {
        "page_language": language,
        "page_languages": LANGUAGES,
        "embedded": embedded,
        # The switch of the shell sets a cookie; this one stands in the address and works in a frame, too.
        "hide_language": True,
        "form_url": reverse("portal:embedded_complaint" if embedded else "portal:complaint"),
        "token": "",
    }
    return render(request, template, {**shared, **context}, status=status)
