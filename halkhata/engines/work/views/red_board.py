"""The red board (US-12): a supervisor's day on one page."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.work.forms.queue import AssignForm, branches_among, people_for, teams_for
from halkhata.engines.work.policies import is_for
from halkhata.engines.work.selectors.filters import QueueFilters
from halkhata.engines.work.selectors.red_board import FIRST_VIEW, VIEWS, Board, BoardRow
from halkhata.engines.work.selectors.red_board import red_board as read_board
from halkhata.engines.work.services.ownership import assign_items
from halkhata.engines.work.views.queue import shown_count
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader

_NARROWING = ("kind", "team", "branch", "owner", "priority")
_CODES = {code for code, _label, _icon, _filters in VIEWS}
_MOST = 200


@require_GET
@needs("work.view", "ticket.assign")
def red_board(request: StaffRequest) -> HttpResponse:
    """What is late, in danger or left alone, the latest first, and what can be done about it."""
    user = request.user
    view, narrowing = _asked(request.GET)
    board = read_board(
        user, view, narrowing, after=request.GET.get("after"), before=request.GET.get("before"), at=now()
    )
    people, teams = people_for(user), teams_for(user)
    here = reverse("work:red_board") + _query(view, narrowing)
    return render(
        request,
        "work/red_board.html",
        {
            "board": board,
            "rows": [{"line": line, "may_confirm": _may_confirm(user, line)} for line in board.rows],
            "views": [
                {
                    "label": label,
                    "icon": icon,
                    "url": _query(code, narrowing) or "?",
                    "active": code == view,
                    "count": shown_count(board.counts[code]),
                }
                for code, label, icon, _filters in VIEWS
            ],
            "title": next(label for code, label, _icon, _filters in VIEWS if code == view),
            "view": view,
            "narrowing": narrowing,
            "is_narrowed": any(getattr(narrowing, name) for name in _NARROWING),
            "newer_url": _page(board, narrowing, "before", board.prev),
            "older_url": _page(board, narrowing, "after", board.next),
            "people": people,
            "teams": teams,
            "branches": branches_among(people, teams),
            "may_escalate": user.may("work.escalate"),
            "here": here,
        },
    )


@require_POST
@needs("work.view", "ticket.assign")
def red_board_assign(request: StaffRequest) -> HttpResponse:
    """Give the marked lines to one person: all, or none when one is out of reach."""
    view, narrowing = _asked(QueryDict(request.POST.get("query", "")[:500]))
    back = reverse("work:red_board") + _query(view, narrowing)
    ids = [int(value) for value in request.POST.getlist("item") if value.isascii() and value.isdigit()][:_MOST]
    form = AssignForm(request.POST, user=request.user)
    if not ids:
        messages.warning(request, _("Mark at least one line first."))
    elif not form.is_valid():
        messages.warning(request, _("Choose the person who gets the work."))
    else:
        count = assign_items(actor=request.user, ids=ids, owner=form.cleaned_data["owner"])
        shown = format_number(count, digits=current_reader().digits)
        messages.success(
            request,
            ngettext("%(count)s item given to %(name)s.", "%(count)s items given to %(name)s.", count)
            % {"count": shown, "name": form.cleaned_data["owner"]},
        )
    return redirect(back)


def _asked(values: QueryDict) -> tuple[str, QueueFilters]:
    """The view and what it is narrowed to; only known names are taken over, so nothing else gets into an address."""
    read = QueueFilters.read(values)
    view = values.get("view", "")
    return (
        view if view in _CODES else FIRST_VIEW,
        QueueFilters(**{name: getattr(read, name) for name in _NARROWING}),
    )


def _query(view: str, narrowing: QueueFilters) -> str:
    values = {"view": "" if view == FIRST_VIEW else view, **{name: getattr(narrowing, name) for name in _NARROWING}}
    query = urlencode({name: value for name, value in values.items() if value})
    return f"?{query}" if query else ""


def _page(board: Board, narrowing: QueueFilters, name: str, cursor: str) -> str:
    if not cursor:
        return ""
    query = _query(board.view, narrowing)
    return f"{query}&{urlencode({name: cursor})}" if query else f"?{urlencode({name: cursor})}"


def _may_confirm(user: User, line: BoardRow) -> bool:
    """Everything on the board lies inside the reader's scope: no query for each line."""
    return any(is_for(user, firing) for firing in line.waiting)
