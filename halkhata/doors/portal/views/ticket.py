"""The page of one's own ticket: where it stands, what comes next, what was said; writing, photos, "not solved"."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.feedback.forms import AnswerForm, score_choices
from halkhata.desks.feedback.services.answering import answer_invitation
from halkhata.desks.tickets.customer_page import take_customer_message
from halkhata.desks.tickets.models import Ticket
from halkhata.doors.portal.follow_forms import MessageForm
from halkhata.doors.portal.language import language_of, spoken
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.doors.portal.secrets_of import OPEN, drop_cookie, read_cookie
from halkhata.doors.portal.selectors.status import open_invitation, other_tickets, status_of_ticket
from halkhata.doors.portal.selectors.talk import public_file, talk_of
from halkhata.doors.portal.sending import SentPhotos, photos_of
from halkhata.doors.portal.services.drafts import close_draft, held_draft
from halkhata.doors.portal.services.following import SESSION_LIVES, open_request, tickets_of
from halkhata.doors.portal.tokens import form_id, new_form_token
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.files.services.content_types import ACTIVE, DEFAULT
from halkhata.foundation.files.services.public_pictures import LARGE, SMALL, public_picture
from halkhata.foundation.files.services.storing import read_file
from halkhata.oversight.automation.customer_time import zone_of

OwnView = Callable[..., HttpResponse]
NOTICES = ("message", "not_solved", "survey")


def own_ticket(view: OwnView) -> Callable[..., HttpResponse]:
    """Only for whoever has shown the code, and only their own tickets: another's answers as one that does not exist.

    The view gets the session, the ticket and all tickets of the session; times are in the customer's zone.
    """

    @customers_page
    @wraps(view)
    def answer(request: HttpRequest, number: str, **kwargs: Any) -> HttpResponse:
        session = open_request(read_cookie(request, OPEN))
        if session is None:
            return _over(request, number)
        tickets = tickets_of(session)
        wanted = parse_ref(number)
        ticket = next((one for one in tickets if one.number == wanted), None)
        if ticket is None:
            return customer_render(request, "portal/not_there.html", {"session": session}, 404)
        goes_on = next((one for one in tickets if one.pk == ticket.merged_into_id), None)
        if goes_on is not None:
            where = reverse("portal:ticket", args=[goes_on.number])
            return redirect(f"{where}?{urlencode({'joined': ticket.number})}")
        zone = zone_of(ticket.customer, ticket.branch.time_zone)
        with spoken(language_of(request), zone):
            return view(request, session=session, ticket=ticket, tickets=tickets, **kwargs)

    return answer


def _over(request: HttpRequest, number: str) -> HttpResponse:
    """Nobody is signed in, or not any more. What was typed is shown, so that it can be copied."""
    if request.method == "POST" and request.POST.get("text", "").strip():
        context = {"text": request.POST["text"][:20_000], "number": number}
        return customer_render(request, "portal/over.html", context, 403)
    query = {"number": number[:40], **({"said": "over"} if request.COOKIES.get(OPEN) else {})}
    response = redirect(f"{reverse('portal:follow')}?{urlencode(query)}")
    drop_cookie(response, OPEN)
    return response


@require_safe
@own_ticket
def ticket(request: HttpRequest, *, session: FollowRequest, ticket: Ticket, tickets: list[Ticket]) -> HttpResponse:
    """Where it stands, in plain words."""
    form = MessageForm(initial={"token": new_form_token()})
    return _page(request, session, ticket, tickets, form)


@require_POST
@own_ticket
def message(request: HttpRequest, *, session: FollowRequest, ticket: Ticket, tickets: list[Ticket]) -> HttpResponse:
    """Take what the customer writes, photos and all; ``not_solved`` sends it up besides."""
    form = MessageForm(request.POST, request.FILES)
    own_id = form_id(request.POST.get("token", ""))
    photos = photos_of(request, f"{ticket.pk}:{own_id}") if own_id else None
    not_solved = "not_solved" in request.POST
    for problem in photos.new.problems if photos else ():
        form.add_error("photos", problem)
    if form.is_valid() and photos is None:
        form.add_error(None, _("This page was open for very long. Everything is still here: please send it again."))
    if is_flooding(request, "message"):
        form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        return with_retry(_page(request, session, ticket, tickets, form, photos=photos))
    if not form.is_valid() or photos is None:
        return _page(request, session, ticket, tickets, form, photos=photos, status=422)
    try:
        target = _take(ticket, form.cleaned_data["text"], photos, not_solved)
    except DomainError as error:
        form.take_error(error)
        page = _page(request, session, ticket, tickets, form, photos=photos, status=status_of(error))
        return with_retry(page) if error.code == "too_many" else page
    return redirect(
        f"{reverse('portal:ticket', args=[target.number])}?said={'not_solved' if not_solved else 'message'}"
    )


def _take(ticket: Ticket, text: str, photos: SentPhotos, not_solved: bool) -> Ticket:
    with transaction.atomic():
        draft = held_draft(photos.key, photos.address)
        if draft.sent_at is not None and draft.ticket is not None:
            return draft.ticket  # the same press a second time
        if ticket.merged_into_id is not None:
            # The other one is not this customer's: nothing of it is told, nor does a message land there.
            raise Conflict(
                "joined", _("We work on it together with another report. Please write a new complaint, or call us.")
            )
        if not_solved and not status_of_ticket(ticket, language="en").may_say_not_solved:
            raise Conflict("not_over", _("We are still at work on it. Write to us below instead."))
        target = take_customer_message(
            ticket=ticket,
            text=text or (_("Still not solved.") if not_solved else ""),
            files=photos.files(),
            not_solved=not_solved,
        )
        close_draft(draft, target.pk)
    return target


@require_http_methods(["GET", "HEAD", "POST"])
@own_ticket
def survey(request: HttpRequest, *, session: FollowRequest, ticket: Ticket, tickets: list[Ticket]) -> HttpResponse:
    """How was it? Asked once per resolving, here or by the link in the mail."""
    invitation = open_invitation(ticket)
    if invitation is None:
        return redirect("portal:ticket", ticket.number)
    question = invitation.survey.question_bn if language_of(request) == "bn" else invitation.survey.question_en
    form, status = AnswerForm(request.POST or None), 200
    if request.method == "POST":
        try:
            if form.is_valid():
                answer_invitation(invitation=invitation, **form.cleaned_data)
                return redirect(f"{reverse('portal:ticket', args=[ticket.number])}?said=survey")
        except Conflict:
            return redirect("portal:ticket", ticket.number)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        status = 422
    context = {
        "ticket": ticket,
        "form": form,
        "question": question,
        "choices": score_choices(),
        "chosen": request.POST.get("score", ""),
    }
    return customer_render(request, "portal/ticket_survey.html", context, status)


@require_safe
@own_ticket
def file(
    request: HttpRequest, *, session: FollowRequest, ticket: Ticket, tickets: list[Ticket], pk: int
) -> HttpResponse:
    """A file of a public message. A picture is drawn anew, without the camera's data; anything else is a download."""
    found = public_file(ticket, pk)
    if found is None:
        raise Http404
    drawn = public_picture(found, SMALL if "small" in request.GET else LARGE) if found.is_image else None
    if drawn is not None:
        response = HttpResponse(drawn, content_type="image/webp")
        response["Content-Disposition"] = "inline"
    else:
        active = found.content_type in ACTIVE or found.content_type.startswith("text/")
        response = HttpResponse(read_file(found), content_type=DEFAULT if active else found.content_type)
        response["Content-Disposition"] = content_disposition_header(True, found.original_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _joined(request: HttpRequest, ticket: Ticket, tickets: list[Ticket]) -> str:
    """The number from which the customer was led here: one of their own that was merged into this ticket, or ""."""
    wanted = parse_ref(request.GET.get("joined", "")[:40])
    return next((one.number for one in tickets if one.number == wanted and one.merged_into_id == ticket.pk), "")


def _page(
    request: HttpRequest,
    session: FollowRequest,
    ticket: Ticket,
    tickets: list[Ticket],
    form: MessageForm,
    *,
    photos: SentPhotos | None = None,
    status: int = 200,
) -> HttpResponse:
    if photos is not None:
        photos.keep()
    assert session.used_at is not None
    said = request.GET.get("said", "")
    typed = request.POST.get("token", "")
    context = {
        "ticket": ticket,
        "status": status_of_ticket(ticket, language=language_of(request), zone=current_reader().time_zone),
        "talk": talk_of(ticket),
        "others": other_tickets(tickets, ticket),
        "form": form,
        "token": typed if form_id(typed) else new_form_token(),
        "kept": photos.kept if photos else [],
        "lost_files": photos.lost if photos else bool(request.FILES),
        "joined": _joined(request, ticket, tickets),
        "said": said if said in NOTICES else "",
        "ends_at": session.used_at + SESSION_LIVES,
    }
    return customer_render(request, "portal/ticket.html", context, status)
