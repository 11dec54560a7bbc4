"""What customers said: the numbers with their definitions, and every answer behind them."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.feedback.selectors.answers import AnswerFilter, agents_answered_about, answers_page, narrowed
from halkhata.desks.feedback.selectors.csat import TOP_BOX, bad_until, csat_of, csat_summary
from halkhata.desks.feedback.views.who import staff
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.core.clock import now

DAYS = {"7": _("Last 7 days"), "30": _("Last 30 days"), "90": _("Last 90 days"), "365": _("Last year")}
KEPT = ("days", "score", "agent", "comment")


@needs("feedback.view")
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """The answers of a period; filters stand in the address, and the numbers are of exactly the rows below."""
    query = request.GET
    days = query["days"] if query.get("days") in DAYS else "30"
    agent = query.get("agent", "")
    bad = bad_until()
    choices = _score_choices(bad)
    wanted = AnswerFilter(
        since=now() - timedelta(days=int(days)),
        scores=choices.get(query.get("score", ""), ()),
        agent=int(agent) if agent.isascii() and agent.isdigit() and len(agent) < 10 else None,
        with_comment=query.get("comment") == "1",
    )
    is_filtered = bool(wanted.scores or wanted.agent or wanted.with_comment)
    csat = csat_of(narrowed(staff(request), wanted), 0) if is_filtered else csat_summary(staff(request), wanted.since)
    page = answers_page(staff(request), wanted, before=query.get("before"), after=query.get("after"))
    context = {
        "csat": csat,
        "page": page,
        "days": days,
        "day_choices": list(DAYS.items()),
        "period": DAYS[days],
        "bad_until": bad,
        "score": query.get("score", "") if query.get("score", "") in choices else "",
        "score_choices": [(code, _said(scores)) for code, scores in choices.items()],
        "sees_others": staff(request).may("report.view"),
        "agents": agents_answered_about(staff(request)),
        "wanted": wanted,
        "is_filtered": is_filtered,
        "newer_url": _address(query, after=page.newer) if page.newer else "",
        "older_url": _address(query, before=page.older) if page.older else "",
        "nobody_asked_yet": not page.items and not SurveyInvitation.objects.exists(),
    }
    return render(request, "feedback/answers.html", context)


def _address(query: Mapping[str, str], **changes: str) -> str:
    return "?" + urlencode({**{name: query[name] for name in KEPT if query.get(name)}, **changes})


def _score_choices(bad: int) -> dict[str, tuple[int, ...]]:
    """The filter's groups of scores: bad as the shop sees it, satisfied, and what lies between."""
    groups = {
        "bad": tuple(range(1, bad + 1)),
        "middle": tuple(range(bad + 1, TOP_BOX)),
        "good": tuple(range(max(bad + 1, TOP_BOX), 6)),
    }
    return {code: scores for code, scores in groups.items() if scores}


def _said(scores: tuple[int, ...]) -> str:
    return str(scores[0]) if len(scores) == 1 else f"{scores[0]}–{scores[-1]}"
