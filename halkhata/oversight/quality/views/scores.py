"""Drawn conversations and their scores, for supervisors and for whose they are (A51.12)."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.messaging.selectors.thread import thread_page
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.policies import assignable
from halkhata.engines.work.selectors.rows import item_url
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.oversight.quality.forms import AnswerForm, DisputeForm, PointsForm
from halkhata.oversight.quality.models import RubricLine, Sample, Scorecard
from halkhata.oversight.quality.policies import can_answer, can_dispute, own_samples, samples_for
from halkhata.oversight.quality.selectors.report import months_with_samples, report
from halkhata.oversight.quality.services.drawing import draw_for, month_before
from halkhata.oversight.quality.services.guide import current_rubric
from halkhata.oversight.quality.services.scoring import answer_dispute, dispute, score

BOXES = (
    ("waiting", gettext_lazy("To be scored")),
    ("disputed", gettext_lazy("Objections")),
    ("scored", gettext_lazy("Scored")),
)
PAGE = 100


@require_GET
@needs("quality.score")
def board(request: StaffRequest) -> HttpResponse:
    """What was drawn, in three boxes."""
    box = request.GET.get("box", "")
    box = box if box in dict(BOXES) else "waiting"
    rows = samples_for(request.user)
    rows = {
        "waiting": rows.filter(score__isnull=True),
        "disputed": rows.filter(score__disputed_at__isnull=False, score__answered_at__isnull=True),
        "scored": rows.filter(score__isnull=False),
    }[box]
    context = {
        "box": box,
        "tabs": [{"label": label, "url": f"?box={name}", "active": name == box} for name, label in BOXES],
        "rows": list(rows[:PAGE]),
        "month": month_before(now()),
    }
    return render(request, "quality/board.html", context)


@require_POST
@needs("quality.score")
def draw(request: StaffRequest) -> HttpResponse:
    """Draw last month for everybody in reach, if it was not yet."""
    month = month_before(now())
    people = assignable(request.user).exclude(pk=request.user.pk)
    for person in people:
        if person.may("ticket.reply"):
            draw_for(actor=request.user, user=person, month=month)
    messages.success(request, _("Drawn. What was drawn before stays as it was."))
    return redirect("quality:board")


@require_GET
@needs()
def mine(request: StaffRequest) -> HttpResponse:
    """One's own scores."""
    return render(request, "quality/mine.html", {"rows": list(own_samples(request.user)[:PAGE])})


@require_GET
@needs()
def sample(request: StaffRequest, pk: int) -> HttpResponse:
    """One conversation with its score, or the form to give one."""
    return _page(request, _sample(request, pk))


@require_POST
@needs("quality.score")
def give(request: StaffRequest, pk: int) -> HttpResponse:
    """Score it."""
    found = _sample(request, pk)
    form = _score_form(request)
    if form.is_valid():
        try:
            score(actor=request.user, sample=found, points=form.points(), comment=form.cleaned_data["words"])
        except DomainError as error:
            form.take_error(error)
            return _page(request, found, status=status_of(error), score_form=form)
        messages.success(request, _("Scored. The person sees it and may object once."))
        return redirect("quality:board")
    return _page(request, found, status=422, score_form=form)


@require_POST
@needs()
def object_to(request: StaffRequest, pk: int) -> HttpResponse:
    """Object to one's own score."""
    found = own_samples(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    form = DisputeForm(request.POST)
    if form.is_valid():
        try:
            dispute(actor=request.user, card=found.score, text=form.cleaned_data["text"])
        except DomainError as error:
            form.take_error(error)
            return _page(request, found, status=status_of(error), dispute_form=form)
        messages.success(request, _("Your objection is on its way to a second supervisor."))
        return redirect("quality:sample", pk)
    return _page(request, found, status=422, dispute_form=form)


@require_POST
@needs("quality.score")
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Hear an objection."""
    found = samples_for(request.user).filter(pk=pk, score__isnull=False).first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    form = _answer_form(found.score, request)
    if form.is_valid():
        points = form.points() if form.cleaned_data["changes"] else None
        try:
            answer_dispute(actor=request.user, card=found.score, text=form.cleaned_data["words"], points=points)
        except DomainError as error:
            form.take_error(error)
            return _page(request, found, status=status_of(error), answer_form=form)
        messages.success(request, _("Answered. Both are told."))
        return redirect("quality:sample", pk)
    return _page(request, found, status=422, answer_form=form)


@require_GET
@needs("quality.score")
def report_page(request: StaffRequest) -> HttpResponse:
    """Averages by person and month."""
    months: list[date] = months_with_samples(request.user)
    return render(request, "quality/report.html", {"months": months, "rows": report(request.user, months)})


def _sample(request: StaffRequest, pk: int) -> Sample:
    found = samples_for(request.user).filter(pk=pk).first() or own_samples(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


def _score_form(request: StaffRequest | None = None) -> PointsForm:
    lines = list(current_rubric().lines.all())
    return PointsForm(
        request.POST if request is not None else None, lines=lines,
        words_label=_("What was good, what could be better"), words_required=False,
    )  # fmt: skip


def _answer_form(card: Scorecard, request: StaffRequest | None = None) -> AnswerForm:
    lines = list(RubricLine.objects.filter(rubric_id=card.rubric_id))
    initial = {f"line_{line.line_id}": str(line.points) for line in card.lines.all()}
    return AnswerForm(
        request.POST if request is not None else None, lines=lines, words_label=_("What you decided, and why"),
        words_required=True, initial=initial,
    )  # fmt: skip


def _page(request: StaffRequest, found: Sample, *, status: int = 200, **bound: Any) -> HttpResponse:
    user, item = request.user, found.conversation.item
    card: Scorecard | None = getattr(found, "score", None)
    # Whose conversation it is may have lost sight of the ticket meanwhile; the score stays theirs to see.
    may_see = WorkItem.objects.visible_to(user).filter(pk=item.pk).exists()
    context: dict[str, Any] = {
        "sample": found,
        "item": item,
        "item_link": item_url(item) if may_see and user.may("work.view") else "",
        "thread": thread_page(item, before=request.GET.get("before"), reader=request.user) if may_see else None,
        "card": card,
        "lines": list(card.lines.select_related("line")) if card is not None else [],
        "is_own": user.pk == found.user_id,
    }
    if card is None and not context["is_own"]:
        context["score_form"] = _score_form()
    elif card is not None and can_dispute(user, card):
        context["dispute_form"] = DisputeForm()
    elif card is not None and can_answer(user, card):
        context["answer_form"] = _answer_form(card)
    return render(request, "quality/sample.html", context | bound, status=status)
