"""The public complaint form, on its own page and in other sites' frames. Needs no cookie and no script.

A shop puts it on its own site with one line (the address is that of this install; ``lang`` is bn or en):

    <iframe src="https://crm.example.com/c/embed/complaint/?lang=bn" title="অভিযোগ" width="100%" height="900"></iframe>
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.services.web_form import open_from_web_form
from halkhata.doors.portal.forms import ComplaintForm
from halkhata.doors.portal.language import LANGUAGES, language_of, spoken
from halkhata.doors.portal.limits import is_flooding
from halkhata.doors.portal.tokens import form_id, new_form_token, thanks_token, ticket_of_thanks
from halkhata.engines.work.selectors.promise_text import promise_sentence
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file

View = Callable[..., HttpResponse]
FRAMEABLE = {"frame-ancestors": ["*"]}


def unlisted(view: View) -> View:
    """No search engine keeps the page, no cache keeps what was typed."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        return response

    return answer


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
    language = language_of(request)
    with spoken(language):
        if request.method != "POST":
            form = ComplaintForm(initial={"token": new_form_token()})
            return _render(request, "portal/complaint.html", {"form": form}, language, embedded)
        form = ComplaintForm(request.POST, request.FILES)
        own_id = form_id(request.POST.get("token", ""))
        if form.is_valid() and own_id is None:
            form.add_error(None, _("This page was open for very long. Everything is still here: please send it again."))
        if form.is_valid() and is_flooding(request, "complaint", desk_rules().form_per_address):
            form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        if form.is_valid() and own_id is not None:
            try:
                ticket = _open(form.cleaned_data, own_id, language)
            except DomainError as error:
                form.show(error)
                return _again(request, form, own_id, language, embedded, status_of(error))
            name = "portal:embedded_thanks" if embedded else "portal:thanks"
            return redirect(f"{reverse(name, args=[thanks_token(ticket.pk)])}?lang={language}")
        return _again(request, form, own_id, language, embedded, 422)


def _open(data: dict[str, Any], own_id: str, language: str) -> Ticket:
    known = Ticket.objects.filter(cause=f"web-form:{own_id}").first()
    return known or open_from_web_form(
        token=own_id,
        text=data["text"],
        name=data["name"],
        phone=data["phone"],
        email=data["email"],
        serial=data["serial"],
        category=data["category"],
        language=language,
        files=[_stored(photo) for photo in data["photos"]],
    )


def _stored(photo: Any) -> StoredFile:
    try:
        return store_file(name=photo.name, data=photo.read())
    except DomainError as error:
        raise DomainError(error.code, error.message, field="photos") from error


def _again(
    request: HttpRequest, form: ComplaintForm, own_id: str | None, language: str, embedded: bool, status: int
) -> HttpResponse:
    """The form with everything that was typed; a token too old for use is replaced by a new one."""
    token = request.POST.get("token", "") if own_id else new_form_token()
    context = {"form": form, "token": token, "lost_files": bool(request.FILES)}
    return _render(request, "portal/complaint.html", context, language, embedded, status)


def _thanks_page(request: HttpRequest, token: str, *, embedded: bool) -> HttpResponse:
    language = language_of(request)
    ticket = Ticket.objects.select_related("branch", "team", "customer").filter(pk=ticket_of_thanks(token) or 0).first()
    with spoken(language):
        if ticket is None:
            return _render(request, "portal/gone.html", {}, language, embedded, 404)
        context = {"ticket": ticket, "promise": promise_sentence(ticket, language=language)}
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
